/**
 * Pictures of every screen and state, in both themes:
 *
 *     npm run screenshots -- [FOLDER] [--only TEXT] [--widths 480,1024,1600] [--language de]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { obstacle, Stage, themes } from './stage.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    widths: { type: 'string', default: '1024' },
    language: { type: 'string' },
  },
});
const folder = resolve(positionals[0] ?? 'test-results/screenshots');
const widths = values.widths.split(',').map(Number);

const missing = obstacle();
if (missing !== null) {
  console.error(`No pictures can be taken: it ${missing}.`);
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const built = mkdtempSync(join(tmpdir(), 'understudy-double-'));
const failures: string[] = [];
let pictures = 0;
try {
  const stage = await Stage.raise(built);
  const scenes = (await stage.scenes()).filter(({ name }) => name.includes(values.only));
  for (const scene of scenes) {
    for (const theme of themes) {
      for (const width of widths) {
        const language = values.language === undefined ? {} : { language: values.language };
        try {
          const page = await stage.show(scene, { theme, width, ...language });
          await page.screenshot({ path: join(folder, `${scene.name}-${theme}-${width}.png`) });
          await page.context().close();
          pictures += 1;
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      }
    }
  }
  await stage.strike();
} finally {
  rmSync(built, { recursive: true, force: true });
}
for (const failure of failures) console.error(failure);
console.log(`${pictures} pictures in ${folder}`);
process.exitCode = failures.length > 0 || pictures === 0 ? 1 : 0;
