/**
 * The files of the built renderer, by the path under which a page asks for them. Invariant: the list is made once, from what the
 * build wrote; a request picks one of its entries or gets nothing, so that no spelling of a path reaches another file.
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

export interface BuiltFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** By path, such as `/index.html`; `/` stands for the first page as well. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>;

/** What the build can contain; anything else is not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** Reads every file of the build into memory: it is a few hundred kilobytes. `first`: its page. Rejects when the renderer was not built. */
export async function readBuiltFiles(folder: string, first = 'index.html'): Promise<BuiltFiles> {
  const files = new Map<string, BuiltFile>();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const type = types[extname(entry.name)];
    // A symbolic link is no file of the build.
    if (type === undefined || !entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, path).split(sep).join('/')}`, { type, bytes: await readFile(path) });
  }
  const start = files.get(`/${first}`);
  if (!start) throw new Error(`The renderer is not built: ${join(folder, first)} is missing.`);
  return files.set('/', start);
}

/** Of a request's address. Query and fragment are not part of the name; nothing is decoded or resolved. */
export function builtFile(files: BuiltFiles, url: URL): BuiltFile | undefined {
  return files.get(url.pathname);
}
