/**
 * `npm start`: builds what is out of date, then opens the app on the practice system.
 *
 *     npm start                    the window of the desktop; where there is none, in a browser
 *     npm start -- --system        on this machine, not on a practice system
 *     npm start -- --offline       the practice system without any network
 *     npm start -- --browser       in a browser, also where Electron is there
 *     npm start -- --port 8123     in a browser, at this port
 *     npm run dev                  the same, with the renderer from a development server: changes show at once
 *
 * Electron's program comes from outside the npm registry; where it cannot be had, the app runs in a browser and says so in one line.
 */
import { parseArgs } from 'node:util';
import { buildWhatIsStale, bundleNames } from './build.js';
import { electronProgram } from './start/electron-program.js';
import { runShell } from './start/run-shell.js';

const { values } = parseArgs({
  options: {
    system: { type: 'boolean', default: false },
    offline: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    port: { type: 'string' },
    dev: { type: 'boolean', default: false },
  },
});

const hasDisplay = Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
const isRoot = process.geteuid?.() === 0;

// A development server needs no built renderer.
buildWhatIsStale(values.dev ? ['preload'] : bundleNames);

const { program, reason } =
  values.browser || values.port !== undefined
    ? { reason: null }
    : await electronProgram({ hasDisplay, isRoot });
const work = values.system ? [] : ['--practice', ...(values.offline ? ['--offline'] : [])];
let status = program === undefined ? null : await openWindow(program);
if (status === null) status = await openBrowser();
process.exit(status);

/** Its exit code; null when it could not even begin, so that the browser has to do. */
async function openWindow(program) {
  const dev = values.dev ? await startDevServer(null) : undefined;
  const environment = dev ? { UNDERSTUDY_DEV_ORIGIN: dev.origin } : {};
  const { status, milliseconds } = await runShell([program, '.', ...work], environment);
  await dev?.close();
  // What ends at once with a complaint never had a window: a missing library, or a sandbox that the kernel does not allow.
  if (status === 0 || milliseconds > 5_000) return status;
  console.error('Electron could not start here (see above); the app opens in a browser instead.');
  return null;
}

async function openBrowser() {
  if (reason) console.error(reason);
  const open = hasDisplay && !isRoot ? ['--open'] : [];
  const port = values.port === undefined ? [] : ['--port', values.port];
  const argv = [process.execPath, 'electron/cli/understudy.js', 'serve', ...work];
  if (!values.dev) return (await runShell([...argv, ...port, ...open])).status;
  let dev;
  const { status } = await runShell([...argv, ...port, '--json'], {}, async (line) => {
    const document = JSON.parse(line);
    if (document.type !== 'address') return;
    dev ??= await startDevServer(document.port);
    console.log(`Open ${dev.origin}${new URL(document.url).pathname} (it works once). Ctrl+C ends it.`);
  });
  await dev?.close();
  return status;
}

/** Vite is loaded only where it is needed. */
async function startDevServer(port) {
  const room = await import('./start/dev-server.js');
  return room.startDevServer(port);
}
