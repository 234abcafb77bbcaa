// The compiled files that the app's main process loads: what a file imports by a relative path, and what that imports. So an archive holds
// what runs, and nothing that merely lies beside it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const imports = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** Relative to `top`, in order. Throws where an import leads nowhere: it would at run time. */
export function importClosure(top, start) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    if (!existsSync(path))
      throw new Error(`${relative(top, path)} is imported and missing: run "npm run build".`);
    found.add(path);
    for (const [, specifier] of readFileSync(path, 'utf8').matchAll(imports))
      visit(join(dirname(path), specifier));
  };
  visit(join(top, start));
  return [...found].map((path) => relative(top, path)).sort();
}
