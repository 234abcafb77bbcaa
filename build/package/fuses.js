/**
 * The fuses of Electron's program: switches in the binary that are set when a package is made
 * (https://www.electronjs.org/docs/latest/tutorial/fuses). Every one is set, in the order of the wire; a program with more fuses than
 * are known here is refused, so that none is ever left as it happens to be.
 *
 * @electron/fuses 1.8, the last line for Node 20, knows the first eight; the ninth came later, and the wire is written here.
 */
import { open, readFile } from 'node:fs/promises';
import { SENTINEL, FuseState } from '@electron/fuses/dist/constants.js';

export const fuses = {
  /** The helper has a Node of its own; nobody can make one of the app by a variable. */
  RunAsNode: false,
  /** The app has no cookies; with this on, Chromium would open the user's keyring. */
  EnableCookieEncryption: false,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  /** Electron looks at it on macOS and Windows alone; on Linux the files belong to root. */
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  /** There is no snapshot of our own to load. */
  LoadBrowserProcessSpecificV8Snapshot: false,
  /** Nothing is loaded from `file://`. */
  GrantFileProtocolExtraPrivileges: false,
  /** As it is built; the page runs no WebAssembly. */
  WasmTrapHandlers: true,
};

const wireVersion = 1;

/** Sets every fuse of the program in this file. Rejects, with the file as it was, where they are not exactly the known ones. */
export async function setFuses(path) {
  const states = Object.values(fuses).map((on) => (on ? FuseState.ENABLE : FuseState.DISABLE));
  const places = wiresIn(await readFile(path), path);
  for (const { length } of places) {
    if (length !== states.length)
      throw new Error(
        `${path} has ${length} fuses, and ${states.length} are known: set the others in build/package/fuses.js.`,
      );
  }
  const file = await open(path, 'r+');
  try {
    for (const { start } of places) await file.write(Uint8Array.from(states), 0, states.length, start);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The states of all fuses, by name; a fuse without a name has its number. */
export async function readFuses(path) {
  const bytes = await readFile(path);
  const [{ start, length }] = wiresIn(bytes, path);
  const names = Object.keys(fuses);
  const states = [...bytes.subarray(start, start + length)];
  return Object.fromEntries(
    states.map((state, index) => [names[index] ?? String(index), FuseState[state] ?? state]),
  );
}

/** After each sentinel: one byte for the version of the wire, one for its length, one for each fuse. */
function wiresIn(bytes, path) {
  const wires = [];
  for (let at = bytes.indexOf(SENTINEL); at >= 0; at = bytes.indexOf(SENTINEL, at + 1)) {
    const wire = at + SENTINEL.length;
    if (bytes[wire] !== wireVersion) throw new Error(`${path} has fuses of version ${bytes[wire]}.`);
    wires.push({ start: wire + 2, length: bytes[wire + 1] });
  }
  if (wires.length === 0) throw new Error(`${path} has no fuses: it is no program of Electron's.`);
  return wires;
}
