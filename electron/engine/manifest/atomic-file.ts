/**
 * A file that appears under its name complete and durable, or not at all: written beside it, fsynced, renamed, and the
 * directory fsynced. Mode 0600, since manifests name files that not everyone may list.
 */
import { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { bytes, parentOf, type RawPath } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';

export class AtomicFile {
  private readonly temporary: RawPath;
  private fd: number;

  constructor(private readonly file: RawPath) {
    this.temporary = `${file}.${randomBytes(6).toString('hex')}.tmp` as RawPath;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    this.fd = openSync(bytes(this.temporary), flags, 0o600);
  }

  write(data: Uint8Array): void {
    for (let done = 0; done < data.length;) done += writeSync(this.fd, data, done);
  }

  commit(): void {
    fsyncSync(this.fd);
    this.close();
    renameSync(bytes(this.temporary), bytes(this.file));
    syncDirectory((parentOf(this.file) || '.') as RawPath);
  }

  /** Removes what was written, unless it was committed. */
  abandon(): void {
    if (this.fd < 0) return;
    this.close();
    unlinkSync(bytes(this.temporary));
  }

  private close(): void {
    const { fd } = this;
    this.fd = -1;
    closeSync(fd);
  }
}
