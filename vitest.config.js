// One vitest project a suite, each with its own patience. Files run one at a time: tests mount, measure time and fill disks.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const seconds = 1000;
const suite = (name, test, hook) => ({
  extends: true,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: test * seconds,
    hookTimeout: hook * seconds,
  },
});

export default defineConfig({
  // The renderer's state is written in runes, which are compiled.
  plugins: [svelte({ configFile: false })],
  test: {
    pool: 'forks',
    fileParallelism: false,
    allowOnly: false,
    projects: [
      suite('unit', 60, 120),
      suite('conformance', 180, 300),
      suite('integration', 180, 300),
      suite('system', 1200, 900),
    ],
  },
});
