/**
 * Builds the renderer. The product (`vite build`) is index.html alone; the double of the app's services, for pictures and tests
 * of screens that are hard to reach, is a build of its own (`--mode double`), so that no line of it can get into the product.
 * Nothing is inlined: the shells send a content security policy that starts from `default-src 'none'`.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = decodeURIComponent(new URL('.', import.meta.url).pathname);

export default defineConfig(({ mode }) => {
  const isDouble = mode === 'double';
  return {
    root: here,
    base: './',
    publicDir: false,
    plugins: [svelte({ configFile: false })],
    build: {
      outDir: isDouble ? '../dist/double' : '../dist/renderer',
      emptyOutDir: true,
      // Electron and the chromium of Debian are both newer.
      target: 'chrome120',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: `${here}${isDouble ? 'double.html' : 'index.html'}` },
    },
    server: { host: '127.0.0.1', strictPort: true },
  };
});
