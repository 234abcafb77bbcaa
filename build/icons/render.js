/**
 * Renders the icons from their drawings in build/icons/source: `node build/icons/render.js`, which needs chromium (or another browser in the
 * variable CHROMIUM). What it writes is kept in the repository, so that nothing else needs one; `drawn.json` says of which drawings.
 *
 *     app/SIZE.png                            the app, in the sizes of the hicolor theme
 *     tray/{light,dark}-panel/STATE[@2x].png  the panel, in one colour each, for panels of either kind
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const source = join(here, 'source');
const appDrawing = join(source, 'org.understudy.Understudy.svg');

export const appSizes = [16, 24, 32, 48, 64, 128, 256, 512];
/** The colours of text that GNOME and Plasma use on a panel. */
const panels = { 'light-panel': '#363636', 'dark-panel': '#f2f2f2' };
const traySize = 22;

/** SHA-256 of each drawing, by its name below `source`. */
export function drawings() {
  const names = readdirSync(source, { recursive: true }).filter((name) => name.endsWith('.svg'));
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(source, name)))
        .digest('hex'),
    ]),
  );
}

async function render() {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.geteuid() === 0 ? ['--no-sandbox'] : [],
  });
  const draw = async (drawing, size, scale, colour, target) => {
    const page = await browser.newPage({ viewport: { width: size, height: size }, deviceScaleFactor: scale });
    const text = readFileSync(drawing, 'utf8');
    await page.setContent(
      `<style>body{margin:0;color:${colour}}svg{display:block;width:${size}px;height:${size}px}</style>${text}`,
    );
    mkdirSync(join(target, '..'), { recursive: true });
    await page.screenshot({ path: target, omitBackground: true });
    await page.close();
  };
  for (const size of appSizes) await draw(appDrawing, size, 1, '#000', join(here, 'app', `${size}.png`));
  for (const name of readdirSync(join(source, 'tray'))) {
    const state = name.replace('.svg', '');
    for (const [panel, colour] of Object.entries(panels)) {
      for (const [scale, suffix] of [
        [1, ''],
        [2, '@2x'],
      ]) {
        const target = join(here, 'tray', panel, `${state}${suffix}.png`);
        await draw(join(source, 'tray', name), traySize, scale, colour, target);
      }
    }
  }
  await browser.close();
  writeFileSync(join(here, 'drawn.json'), `${JSON.stringify(drawings(), null, 2)}\n`);
}

if (process.argv[1] === import.meta.filename) await render();
