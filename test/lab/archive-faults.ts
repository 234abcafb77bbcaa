/** What a server does wrong for each way in which an archive can be out of order, whatever its family. */
import type { Disorder } from '../conformance/package-manager/suite.js';
import type { ServerFault } from './archive-server.js';

export interface ArchiveFiles {
  readonly index: RegExp;
  /** What makes the signature wrong. */
  readonly wrongSignature: ServerFault;
  /** The files of a package that is among the updates. */
  readonly packages: RegExp;
}

export function archiveFaults(
  what: Disorder,
  { index, wrongSignature, packages }: ArchiveFiles,
): ServerFault[] {
  switch (what) {
    case 'none':
    case 'unknown-key':
    case 'expired':
      return [];
    case 'unreachable':
      return [{ path: /./, kind: 'drop', afterBytes: 0 }];
    case 'not-an-archive':
      return [
        { path: /./, kind: 'replace', content: () => Buffer.from('<html><body>Please log in</body></html>') },
      ];
    case 'stale-index':
      return [{ path: index, kind: 'replace', content: damaged }];
    case 'wrong-signature':
      return [wrongSignature];
    case 'package-missing':
      return [{ path: packages, kind: 'missing' }];
    case 'package-damaged':
      return [{ path: packages, kind: 'replace', content: damaged }];
    case 'package-cut-short':
      return [{ path: packages, kind: 'drop', afterBytes: 5000 }];
  }
}

/** Same length, another content. */
export function damaged(original: Buffer): Buffer {
  const copy = Buffer.from(original);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 0xff;
  return copy;
}
