// One vitest project a suite, each with its own patience. Files run one at a time: tests mount, measure time and fill disks.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const seconds = 1000;
const suite = (name, test, hook, further = {}) => ({
  extends: true,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: test * seconds,
    hookTimeout: hook * seconds,
    ...further,
  },
});
/** The same tests in another shell of the app. */
const endToEnd = (name, shell) =>
  suite(name, 600, 300, { include: ['test/e2e/**/*.test.ts'], env: { UNDERSTUDY_TEST_SHELL: shell } });

/** Of the unit tests of the renderer, those in a browser. */
const screens = ['scenes', 'wizard/walk'].map((name) => `test/unit/renderer/${name}.test.ts`);
const ofSystem = (...names) => names.map((name) => `test/system/${name}.test.ts`);
/** Of the system suite, what is cut at every step, and what switches on every layout. */
const switches = ofSystem('crash', 'crash-btrfs');
const layouts = ofSystem('disk-cuts', 'layouts', 'separate-mounts');

export default defineConfig({
  // The renderer's state is written in runes, which are compiled.
  plugins: [svelte({ configFile: false })],
  test: {
    pool: 'forks',
    fileParallelism: false,
    allowOnly: false,
    projects: [
      suite('unit', 60, 120, { exclude: screens }),
      suite('screens', 60, 120, { include: screens }),
      suite('conformance', 180, 300),
      suite('integration', 180, 300),
      endToEnd('e2e', 'browser'),
      endToEnd('electron', 'electron'),
      suite('system', 1200, 900, { exclude: ['test/system/guest/**', ...switches, ...layouts] }),
      suite('switches', 1200, 900, { include: switches }),
      suite('layouts', 1200, 900, { include: layouts }),
      suite('guests', 1200, 900, { include: ['test/system/guest/**/*.test.ts'] }),
    ],
  },
});
