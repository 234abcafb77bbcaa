/**
 * Reads the lines of mtree(5): our own, bsdtar's and NetBSD's, with `/set` and `/unset`, and the nested form in which names
 * without a slash are relative to the directory before them. Keywords that a manifest does not use are passed over.
 */
import type { RawPath } from '../posix/raw-path.js';
import type { EntryType, ManifestEntry } from './entry.js';
import type { MutableEntry } from './entry-reader.js';
import { ManifestError } from './manifest-error.js';
import { XATTR } from './mtree-format.js';
import { parseTime, unescapeText } from './mtree-text.js';

const TYPES = new Set<string>(['file', 'dir', 'link', 'fifo', 'socket', 'char', 'block']);
const REQUIRED = ['type', 'mode', 'uid', 'gid', 'time'] as const;
type Required = (typeof REQUIRED)[number];

export class MtreeParser {
  /** Of the line that is being read, from 1. */
  line = 0;
  private readonly defaults = new Map<string, string>();
  /** The directory that names without a slash are in. */
  private directory = '';
  private xattrs: Map<string, Buffer> | undefined;
  private timeText = '';
  private time = 0n;
  private seen = 0;

  /** The entry of a line (continuation lines already joined), or undefined when it has none. */
  parse(line: string): ManifestEntry | undefined {
    const text = line.trimStart();
    if (text === '') return undefined;
    if (text.startsWith('#')) {
      if (text.startsWith(XATTR)) this.readXattr(text.slice(XATTR.length));
      return undefined;
    }
    const end = wordEnd(text, 0);
    const name = text.slice(0, end);
    if (name === '/set') this.set(text.slice(end));
    else if (name === '/unset') for (const word of words(text.slice(end))) this.defaults.delete(word);
    else if (name === '..') this.leave();
    else if (name.startsWith('/') && !name.includes('/', 1)) this.fail(`unknown command ${name}`);
    else return this.readEntry(name, text, end);
    return undefined;
  }

  /** A ManifestError of the line that is being read. */
  fail(reason: string): never {
    throw new ManifestError('MANIFEST_MALFORMED', reason, this.line);
  }

  private readEntry(name: string, text: string, from: number): ManifestEntry {
    const entry: MutableEntry = {
      path: '' as RawPath,
      type: 'file',
      mode: 0,
      uid: 0,
      gid: 0,
      size: 0,
      mtimeNs: 0n,
      link: undefined,
      sha256: undefined,
      device: undefined,
      xattrs: this.xattrs,
    };
    this.xattrs = undefined;
    this.seen = 0;
    for (const [keyword, value] of this.defaults) this.apply(entry, keyword, value);
    for (let at = from; at < text.length;) {
      if (text.charCodeAt(at) <= 0x20) {
        at++;
        continue;
      }
      const end = wordEnd(text, at);
      const equals = text.indexOf('=', at);
      if (equals >= 0 && equals < end) this.apply(entry, text.slice(at, equals), text.slice(equals + 1, end));
      at = end;
    }
    for (const [bit, field] of REQUIRED.entries()) {
      if ((this.seen & (1 << bit)) === 0) this.fail(`the entry has no ${field}`);
    }
    if (entry.type !== 'file') {
      entry.size = 0;
      entry.sha256 = undefined;
    }
    if (entry.type !== 'link') entry.link = undefined;
    else if (entry.link === undefined) this.fail('the link has no target');
    entry.path = this.pathOf(name, entry.type);
    return entry;
  }

  private apply(entry: MutableEntry, keyword: string, value: string): void {
    switch (keyword) {
      case 'type':
        if (!TYPES.has(value)) this.fail(`unknown type ${value}`);
        entry.type = value as EntryType;
        this.mark('type');
        return;
      case 'mode':
        if (!/^[0-7]{1,6}$/.test(value)) this.fail(`the mode is not octal: ${value}`);
        entry.mode = Number.parseInt(value, 8) & 0o7777;
        this.mark('mode');
        return;
      case 'uid':
        entry.uid = this.number(value);
        this.mark('uid');
        return;
      case 'gid':
        entry.gid = this.number(value);
        this.mark('gid');
        return;
      case 'size':
        entry.size = this.number(value);
        return;
      case 'time':
        entry.mtimeNs = this.parseTime(value);
        this.mark('time');
        return;
      case 'link':
        entry.link = this.unescape(value);
        return;
      case 'sha256':
      case 'sha256digest':
        if (!/^[0-9a-f]{64}$/i.test(value)) this.fail('the sha256 is not 64 hexadecimal digits');
        entry.sha256 = value.toLowerCase();
        return;
      case 'device':
        entry.device = this.device(value);
        return;
    }
  }

  private mark(field: Required): void {
    this.seen |= 1 << REQUIRED.indexOf(field);
  }

  private number(text: string): number {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) this.fail(`not a number: ${text}`);
    return value;
  }

  private parseTime(text: string): bigint {
    if (text !== this.timeText) {
      this.time = parseTime(text) ?? this.fail(`not a time: ${text}`);
      this.timeText = text;
    }
    return this.time;
  }

  /** `native,major,minor`, or the number that makedev(3) of glibc packs. */
  private device(text: string): { major: number; minor: number } {
    const parts = text.split(',');
    if (parts.length === 3)
      return { major: this.number(parts[1] as string), minor: this.number(parts[2] as string) };
    if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) this.fail(`not a device: ${text}`);
    const packed = BigInt(text);
    return {
      major: Number(((packed >> 8n) & 0xfffn) | ((packed >> 32n) & 0xfffff000n)),
      minor: Number((packed & 0xffn) | ((packed >> 12n) & 0xffffff00n)),
    };
  }

  private unescape(text: string): RawPath {
    return unescapeText(text) ?? this.fail(`unknown escape in ${text}`);
  }

  /** Full paths have a slash; other names are in the current directory, and a directory among them becomes it. */
  private pathOf(name: string, type: EntryType): RawPath {
    if (name.startsWith('./') && name.length > 2 && !/\/[./]|\\/.test(name)) {
      return name.slice(2) as RawPath; // the common case
    }
    const nested = !name.includes('/');
    const parts = this.unescape(name)
      .split('/')
      .filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) this.fail('a path must not contain ..');
    const inside = nested && this.directory !== '' ? `${this.directory}/` : '';
    const path = (parts.length === 0 ? this.directory : inside + parts.join('/')) as RawPath;
    if (nested && type === 'dir') this.directory = path;
    return path;
  }

  private leave(): void {
    const slash = this.directory.lastIndexOf('/');
    this.directory = slash < 0 ? '' : this.directory.slice(0, slash);
  }

  private set(text: string): void {
    for (const word of words(text)) {
      const equals = word.indexOf('=');
      if (equals > 0) this.defaults.set(word.slice(0, equals), word.slice(equals + 1));
    }
  }

  private readXattr(text: string): void {
    const equals = text.indexOf('=');
    const value = text.slice(equals + 1);
    if (equals <= 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) this.fail('malformed extended attribute');
    this.xattrs ??= new Map();
    this.xattrs.set(this.unescape(text.slice(0, equals)), Buffer.from(value, 'base64'));
  }
}

/** Words are separated by blanks (blanks within them are escaped). */
function words(text: string): string[] {
  return text.split(/[ \t\r]+/).filter((word) => word !== '');
}

function wordEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text.charCodeAt(at) <= 0x20) return at;
  return text.length;
}
