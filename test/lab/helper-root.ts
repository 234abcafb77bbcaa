/** The least of a root tree that a helper can look at and keep records in: for what has to do with the helper alone. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallRoot {
  readonly path: string;
  readonly store: string;
  remove(): void;
}

export function smallRoot(): SmallRoot {
  const path = mkdtempSync(join(tmpdir(), 'understudy-helper-root-'));
  chmodSync(path, 0o755);
  for (const name of ['usr/bin', 'etc', 'boot', 'var/lib/dpkg/info'])
    mkdirSync(join(path, name), { recursive: true });
  writeFileSync(join(path, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="A small tree"\n');
  writeFileSync(
    join(path, 'var/lib/dpkg/status'),
    'Package: base-files\nStatus: install ok installed\nPriority: required\nArchitecture: amd64\nVersion: 12\n\n',
  );
  return {
    path,
    store: join(path, 'var/lib/understudy'),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
