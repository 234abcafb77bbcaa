/** A private folder for one test, with short ways to fill it. Names are raw paths relative to it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { onTestFinished } from 'vitest';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { collectEntries } from '../../../electron/engine/manifest/entry.js';
import { type ScanOptions, scanTree } from '../../../electron/engine/manifest/scan.js';
import { bytes, join, raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';

export class TemporaryTree {
  /** Holds `root` and whatever else the test writes. */
  readonly folder = raw(mkdtempSync(`${tmpdir()}/understudy-manifest-`));
  readonly root = join(this.folder, 'root');

  constructor() {
    mkdirSync(bytes(this.root));
    onTestFinished(() => void execFileSync('rm', ['-rf', this.folder]));
  }

  at(name: string): RawPath {
    return join(this.root, name);
  }

  /** As `node:fs` takes it. */
  bytes(name: string): Buffer {
    return bytes(this.at(name));
  }

  beside(name: string): RawPath {
    return join(this.folder, name);
  }

  file(name: string, content: string | Buffer = name, mode = 0o644): this {
    writeFileSync(this.bytes(name), content);
    chmodSync(this.bytes(name), mode);
    return this;
  }

  dir(name: string): this {
    mkdirSync(this.bytes(name), { recursive: true });
    return this;
  }

  link(name: string, target: string): this {
    symlinkSync(Buffer.from(target, 'latin1'), this.bytes(name));
    return this;
  }

  run(command: string, ...args: string[]): void {
    execFileSync(command, args, { cwd: this.root, stdio: 'pipe' });
  }

  async scan(options: Partial<ScanOptions> = {}): Promise<ManifestEntry[]> {
    return collectEntries(scanTree(this.root, { hash: true, ...options }));
  }

  async entry(name: string, options: Partial<ScanOptions> = {}): Promise<ManifestEntry> {
    const found = (await this.scan(options)).find((entry) => entry.path === name);
    if (found === undefined) throw new Error(`${name} was not scanned`);
    return found;
  }
}

export const isRoot = process.geteuid?.() === 0;

export function hasCommand(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
