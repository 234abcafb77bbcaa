import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  architectureOf,
  distributionOf,
  parseOsRelease,
} from '../../../electron/engine/inspect/distribution.js';
import { fixture } from './fixture.js';

/** The first twenty bytes of a program, elf(5). */
function elf(machine: number, littleEndian: boolean): Buffer {
  const header = Buffer.alloc(20);
  header.write('\x7fELF', 'latin1');
  header[4] = 2;
  header[5] = littleEndian ? 1 : 2;
  if (littleEndian) header.writeUInt16LE(machine, 18);
  else header.writeUInt16BE(machine, 18);
  return header;
}

describe('distribution', () => {
  it.each([
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\n', 'debian', '12'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\nNAME=Mint\nVERSION_ID=22\n', 'debian', '22'],
    ['ID=endeavouros\nID_LIKE=arch\nNAME=EndeavourOS\n', 'arch', null],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\nNAME=Rocky\nVERSION_ID="9.4"\n', 'fedora', '9.4'],
    ['ID=gentoo\nNAME=Gentoo\nVERSION="2.15"\n', 'unknown', '2.15'],
  ])('reads the family and version of %j', (text, family, version) => {
    const { write, view } = fixture();
    write('root/etc/os-release', text);
    expect(distributionOf(view)).toMatchObject({ family, version });
  });

  it('follows the usual link inside the tree, falls back to /usr/lib, and to what the format prescribes', () => {
    const linked = fixture();
    linked.write('root/usr/lib/os-release', 'ID=debian\nNAME=Debian\n');
    linked.link('root/etc/os-release', '/usr/lib/os-release');
    expect(distributionOf(linked.view).id).toBe('debian');
    const plain = fixture();
    plain.write('root/usr/lib/os-release', 'ID=arch\nNAME=Arch\n');
    expect(distributionOf(plain.view).name).toBe('Arch');
    expect(distributionOf(fixture().view)).toEqual({
      id: 'linux',
      name: 'Linux',
      version: null,
      family: 'unknown',
    });
  });

  it('takes quotes and escapes as a shell would', () => {
    const fields = parseOsRelease(
      `# comment\nA="a \\"b\\" \\$c"\nB='it \\s'\nC=plain\\ text\nD=\nno assignment\n`,
    );
    expect([...fields]).toEqual([
      ['A', 'a "b" $c'],
      ['B', 'it \\s'],
      ['C', 'plain text'],
    ]);
  });
});

describe('architecture', () => {
  it.each([
    [62, true, 'x86_64'],
    [183, true, 'aarch64'],
    [3, true, 'i686'],
    [21, true, 'ppc64le'],
    [22, false, 's390x'],
  ])('reads machine %i from a program of the tree', (machine, littleEndian, name) => {
    const { write, view } = fixture();
    write('root/usr/bin/env', elf(machine, littleEndian));
    expect(architectureOf(view)).toBe(name);
  });

  it('goes on to the next program when the first is none', () => {
    const { write, root, view } = fixture();
    expect(architectureOf(view)).toBeUndefined();
    write('root/usr/bin/env', '#!/bin/sh\n');
    copyFileSync(process.execPath, join(root, 'usr/bin/sh'));
    expect(architectureOf(view)).toBe(process.arch === 'x64' ? 'x86_64' : 'aarch64');
  });
});
