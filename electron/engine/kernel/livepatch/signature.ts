/**
 * Who made a live patch: a detached Ed25519 signature, FILE.sig, of the file with a line before it that says what it is signed for, so that a signature
 * for something else is none. The keys that are trusted are files of root's in /etc/understudy/keys (PEM, as `openssl pkey -pubout` writes them). Where
 * there is none, it is root's word alone; the kernel's own check of modules (Documentation/admin-guide/module-signing.rst) is another matter.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { openDirectory } from '../../files/directory-handle.js';
import { entriesIn } from '../../files/entries.js';
import { readRegularFile, UnusableFile } from '../../files/regular-file.js';
import { isRootAlone, notRootAlone } from '../../files/root-alone.js';
import { bytes, display, raw, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';

/** Relative to the root. */
const keysFolder = 'etc/understudy/keys';
/** What comes before the file in what is signed. */
export const purposeLine = 'understudy livepatch 1\n';

const signatureBytes = 64;
const largest = 4096;

/** The name of the key by which a file is signed; null where no key is trusted. Throws `LIVEPATCH_UNSIGNED` with the reason. */
export function signedBy(system: System, path: RawPath, file: Buffer): string | null {
  const keys = trustedKeys(system);
  if (keys.size === 0) return null;
  const content = Buffer.concat([Buffer.from(purposeLine), file]);
  const signature = signatureFor(`${path}.sig` as RawPath);
  for (const [name, key] of keys) if (signature && verify(null, content, key, signature)) return name;
  const reason = signature ? 'is of no key that is trusted here' : 'is missing';
  throw new Fault('LIVEPATCH_UNSIGNED', `The signature ${display(path)}.sig ${reason}.`);
}

/** By their names without ".pub". One that cannot be used is never passed over. */
function trustedKeys({ root }: System): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  let folder: ReturnType<typeof openDirectory>;
  try {
    folder = openDirectory(root, raw(keysFolder));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return keys;
    if (['ELOOP', 'ENOTDIR'].includes(systemErrorCode(error) ?? ''))
      unusable(`/${keysFolder}: it is no folder, or a link leads to it`);
    throw error;
  }
  try {
    if (!isRootAlone(statSync(bytes(folder.self)))) unusable(`/${keysFolder}: ${notRootAlone}`);
    for (const { name } of entriesIn(folder.self).sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (name.endsWith('.pub')) {
        const shown = `/${keysFolder}/${display(raw(name))}`;
        keys.set(name.slice(0, -'.pub'.length), keyIn(contentOf(folder.entry(name), shown, true), shown));
      }
    return keys;
  } finally {
    folder.close();
  }
}

function keyIn(text: Buffer | undefined, shown: string): KeyObject {
  try {
    if (text !== undefined) {
      const key = createPublicKey(text);
      if (key.asymmetricKeyType === 'ed25519') return key;
    }
  } catch {
    // said below
  }
  return unusable(`${shown}: it is no public key of Ed25519`);
}

/** Raw, or in Base64 as a line of text; undefined where there is none. */
function signatureFor(path: RawPath): Buffer | undefined {
  const content = contentOf(path, display(path), false);
  if (!content || content.length === signatureBytes) return content;
  const decoded = Buffer.from(content.toString('latin1'), 'base64');
  return decoded.length === signatureBytes ? decoded : Buffer.alloc(0);
}

function contentOf(path: RawPath, shown: string, isOwn: boolean): Buffer | undefined {
  try {
    return readRegularFile(path, largest, (status) => {
      if (isOwn && !isRootAlone(status)) throw new UnusableFile(notRootAlone);
    });
  } catch (error) {
    if (error instanceof UnusableFile) return unusable(`${shown}: ${error.message}`);
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENAMETOOLONG') return undefined;
    return unusable(`${shown}: ${code}`);
  }
}

function unusable(reason: string): never {
  throw new Fault('LIVEPATCH_UNSIGNED', reason);
}
