import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identities } from '../../../electron/services/report/identities.js';
import { redact } from '../../../electron/services/report/redact.js';

const who = {
  users: ['ada', 'debian', 'A.B'],
  hosts: ['engine.example.org', 'engine'],
  harmless: ['debian'],
};

test.each([
  ['ada may not read it', '(user) may not read it'],
  ['Ada’s files, /home/ada/x and /home/Äpfel/y', '(user)’s files, /home/(user)/x and /home/(user)/y'],
  ['canada and ada_x stay', 'canada and ada_x stay'],
  ['a.b, not aXb', '(user), not aXb'],
  ['engine.example.org and engine:', '(host) and (host):'],
  ['Debian stays', 'Debian stays'],
  ['from 192.168.1.7:80, 10.0.0.1.', 'from (address):80, (address).'],
  ['libfoo 1.2.3.4-1 and 4.96.15.2+deb12u1', 'libfoo 1.2.3.4-1 and 4.96.15.2+deb12u1'],
  ['kernel 6.1.0-49-amd64, 12:30:45', 'kernel 6.1.0-49-amd64, 12:30:45'],
  ['fe80::1ff:fe23:4567:890a on eth0', '(address) on eth0'],
  ['2001:db8:0:0:0:0:2:1 and ::1', '(address) and (address)'],
  ['link 52:54:00:12:34:56 up', 'link (hardware address) up'],
  ['/dev/disk/by-id/ata-SAMSUNG_S3Z', '/dev/disk/by-id/(disk)'],
  ['UUID=0b7a8c1e-31b2-4c0e-9d6e-7f1b2a3c4d5e', 'UUID=(id)'],
  ['Serial Number: PF1ABCDE', 'Serial Number: (serial)'],
  ['machine-id 0123456789abcdef0123456789abcdef', 'machine-id (serial)'],
  ['https://ada:secret@mirror.example.net/debian?token=s3cr3t', 'https://mirror.example.net/debian'],
  ['mail ada@example.net', 'mail (mail)'],
  ['/run/user/1000/x /media/ada/stick', '/run/user/(user)/x /media/(user)/stick'],
])('%s', (text, expected) => {
  expect(redact(text, who)).toBe(expected);
});

test('the names of this machine and of the people on it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-identities-'));
  try {
    const passwords = join(folder, 'passwd');
    writeFileSync(
      passwords,
      'root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada Lovelace,,,:/home/ada:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n',
    );
    writeFileSync(join(folder, 'os-release'), 'ID=linuxmint\nID_LIKE="ubuntu debian"\n');
    const found = identities(passwords, join(folder, 'os-release'));
    expect(found.users).toEqual(expect.arrayContaining(['ada', 'Ada', 'Lovelace']));
    expect(found.users).not.toContain('nobody');
    expect(found.hosts).toContain(hostname());
    expect(found.harmless).toEqual(expect.arrayContaining(['root', 'linuxmint', 'ubuntu', 'debian']));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
