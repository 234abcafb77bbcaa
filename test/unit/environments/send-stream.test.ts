import { describe, expect, it } from 'vitest';
import { readSendStream } from '../../../electron/engine/environments/btrfs/send-stream.js';
import type { TouchedNode } from '../../../electron/engine/environments/snapshots/touched-paths.js';

const header = (version = 1): Buffer => {
  const head = Buffer.alloc(17);
  head.write('btrfs-stream\0', 'latin1');
  head.writeUInt32LE(version, 13);
  return head;
};

function command(number: number, attributes: Readonly<Record<number, string>> = {}): Buffer {
  const data = Buffer.concat(
    Object.entries(attributes).map(([type, text]) => {
      const head = Buffer.alloc(4);
      head.writeUInt16LE(Number(type), 0);
      head.writeUInt16LE(text.length, 2);
      return Buffer.concat([head, Buffer.from(text, 'latin1')]);
    }),
  );
  const head = Buffer.alloc(10);
  head.writeUInt32LE(data.length, 0);
  head.writeUInt16LE(number, 4);
  return Buffer.concat([head, data]);
}

const end = command(21);
const stream = (...commands: Buffer[]): Buffer => Buffer.concat([header(), ...commands, end]);

function pathsOf(node: TouchedNode, path = ''): string[] {
  return [...node.children].flatMap(([name, child]) => {
    const own = path === '' ? name : `${path}/${name}`;
    return [...(child.touched ? [own] : []), ...pathsOf(child, own)];
  });
}
const touchedIn = (bytes: Buffer): string[] => pathsOf(readSendStream(bytes).top).sort();

describe('a send stream', () => {
  it('names what was made, changed and removed, in bytes', () => {
    expect(touchedIn(stream(command(18, { 15: 'etc/a\xff' }), command(11, { 15: 'etc/b' })))).toEqual([
      'etc/a\xff',
      'etc/b',
    ]);
  });

  it('moves what was touched along with the folder above it', () => {
    const made = [
      command(4, { 15: 'o257-7-0' }),
      command(3, { 15: 'o257-7-0/file' }),
      command(9, { 15: 'o257-7-0', 16: 'usr/new' }),
      command(9, { 15: 'usr/new', 16: 'usr/newer' }),
    ];
    expect(touchedIn(stream(...made))).toEqual(['o257-7-0', 'usr/new', 'usr/newer', 'usr/newer/file']);
  });

  it('names both ends of a hard link', () => {
    expect(touchedIn(stream(command(10, { 15: 'b', 17: 'a' })))).toEqual(['a', 'b']);
  });

  it.each([
    ['torn anywhere', stream(command(18, { 15: 'etc/passwd' })).subarray(0, 30)],
    ['without an end', Buffer.concat([header(), command(18, { 15: 'etc/passwd' })])],
    ['of another version', Buffer.concat([header(9), end])],
    ['with a command that is not known', stream(command(77, { 15: 'etc/passwd' }))],
    ['that is none', Buffer.from('hello')],
    ['whose command names no path', stream(command(18))],
  ])('is refused when it is one %s', (what, bytes) => {
    expect(() => readSendStream(bytes)).toThrow(expect.objectContaining({ code: 'COMMAND_FAILED' }) as Error);
  });
});
