// Electron's program: the npm package of Electron brings none and fetches it from elsewhere. Fetching is tried once a day, for a
// limited time, and only where there is a desktop to show a window on; that it fails is part of life.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const top = join(import.meta.dirname, '../..');
const folder = join(top, 'node_modules/electron');
/** A file whose age tells when fetching was tried last. */
const usualMark = join(top, 'dist/.electron-was-tried');

const limitMs = 120_000;
const dayMs = 24 * 3_600_000;

/** The path of the program, or the reason why the browser has to do, as one sentence. */
export async function electronProgram({ hasDisplay, isRoot, mark = usualMark }) {
  if (!hasDisplay) return { reason: 'There is no display here, so the app is served to a browser.' };
  if (isRoot) return { reason: 'Windows are not opened as root, so the app is served to a browser.' };
  const program = installedElectron();
  if (program !== null) return { program };
  if (!existsSync(join(folder, 'install.js')))
    return { reason: 'Electron is not installed, so the app opens in a browser.' };
  if (wasTried(mark))
    return { reason: "Electron's program could not be fetched, so the app opens in a browser." };
  console.error("Fetching Electron's program, once …");
  const isFetched = await fetchProgram();
  const fetched = isFetched ? installedElectron() : null;
  if (fetched !== null) return { program: fetched };
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, '');
  return { reason: "Electron's program could not be fetched, so the app opens in a browser." };
}

/** The path of the program, or null. As Electron's own index.js finds it, without its fetching. */
export function installedElectron() {
  const { ELECTRON_OVERRIDE_DIST_PATH: override } = process.env;
  const name = existsSync(join(folder, 'path.txt'))
    ? readFileSync(join(folder, 'path.txt'), 'utf8')
    : 'electron';
  const program = join(override || join(folder, 'dist'), name);
  return existsSync(program) ? program : null;
}

function wasTried(mark) {
  return existsSync(mark) && Date.now() - statSync(mark).mtimeMs < dayMs;
}

function fetchProgram() {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(folder, 'install.js')], {
      stdio: 'ignore',
      detached: true,
    });
    const stop = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    };
    const limit = setTimeout(stop, limitMs);
    process.once('exit', stop);
    const end = (isFetched) => {
      clearTimeout(limit);
      process.off('exit', stop);
      resolve(isFetched);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
  });
}
