/** Which distribution a tree holds, from os-release(5), and which hardware its programs are made for. */
import type { Machine } from '../../../shared/machine.js';
import type { TreeView } from '../environments/environment.js';
import { raw } from '../posix/raw-path.js';
import { readStart, textIn } from './read.js';

type Distribution = Machine['distribution'];
type Family = Distribution['family'];

const families: Readonly<Record<string, Family>> = {
  debian: 'debian',
  ubuntu: 'debian',
  arch: 'arch',
  archarm: 'arch',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
};

/** What os-release(5) prescribes where the file is missing. */
export const unknownDistribution: Distribution = {
  id: 'linux',
  name: 'Linux',
  version: null,
  family: 'unknown',
};

export function distributionOf(view: TreeView): Distribution {
  const text = textIn(view, 'etc/os-release', 'usr/lib/os-release');
  if (text === undefined) return unknownDistribution;
  const fields = parseOsRelease(text);
  const id = fields.get('ID') ?? unknownDistribution.id;
  const like = (fields.get('ID_LIKE') ?? '').split(/\s+/);
  const family = [id, ...like].map((name) => families[name]).find((found) => found !== undefined);
  return {
    id,
    name: fields.get('PRETTY_NAME') ?? fields.get('NAME') ?? unknownDistribution.name,
    version: fields.get('VERSION_ID') ?? fields.get('VERSION') ?? null,
    family: family ?? 'unknown',
  };
}

/** os-release(5): assignments as a shell would read them, without expansion. Empty values count as missing. */
export function parseOsRelease(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z0-9_]+)=(.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const value = unquote(match[2].trim());
    if (value !== '') fields.set(match[1], value);
  }
  return fields;
}

function unquote(value: string): string {
  const quote = value[0];
  if (value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote)) {
    const inner = value.slice(1, -1);
    return quote === '"' ? inner.replace(/\\([\\"$`])/g, '$1') : inner;
  }
  return value.replace(/\\(.)/g, '$1');
}

/** `e_machine` of elf(5) to what `uname -m` calls it. */
const machines: Readonly<Record<number, string>> = {
  3: 'i686',
  22: 's390x',
  40: 'armv7l',
  62: 'x86_64',
  183: 'aarch64',
  243: 'riscv64',
  258: 'loongarch64',
};
const powerPc64 = 21;

/**
 * The hardware that the tree's programs are made for, in the words of `uname -m`. It is read from a program, because
 * neither the kernel (32-bit programs run on 64-bit ones) nor the machine (another `--root`) decides it.
 */
export function architectureOf(view: TreeView): string | undefined {
  for (const path of ['usr/bin/env', 'bin/sh', 'usr/bin/sh', 'sbin/init']) {
    const found = view.resolve(raw(path));
    const name = found === undefined ? undefined : elfMachine(readStart(found, 20));
    if (name !== undefined) return name;
  }
  return undefined;
}

function elfMachine(header: Buffer): string | undefined {
  if (header.length < 20 || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const littleEndian = header[5] === 1;
  const machine = littleEndian ? header.readUInt16LE(18) : header.readUInt16BE(18);
  if (machine === powerPc64) return littleEndian ? 'ppc64le' : 'ppc64';
  return machines[machine];
}
