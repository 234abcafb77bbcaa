/**
 * `npm run package`: packages for this machine's architecture, in dist/packages.
 *
 *     npm run package                 deb, rpm and AppImage
 *     npm run package -- deb          of these only this one
 *     npm run package -- --dir        the content alone, unpacked
 *     … --electron FOLDER             with Electron's program from there, instead of fetching it
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { buildWhatIsStale } from './build.js';
import { configuration } from './electron-builder.js';
import { stage } from './package/stage.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dir: { type: 'boolean', default: false }, electron: { type: 'string' } },
});

buildWhatIsStale();
stage();
const targets = values.dir ? ['dir'] : positionals.length > 0 ? positionals : ['deb', 'rpm', 'AppImage'];
const made = await build({
  targets: Platform.LINUX.createTarget(targets),
  config: configuration(values.electron === undefined ? {} : { electronDist: resolve(values.electron) }),
});
for (const file of made) console.log(file);
