/** The names that a bug report must not hold: of this machine and of the people who have an account here (passwd(5)). */
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Identities } from './redact.js';

/** Accounts of people begin here (login.defs(5), `UID_MIN`); 65534 is nobody. */
const firstPerson = 1000;
const nobody = 65_534;

export function identities(passwordFile = '/etc/passwd', osRelease = '/etc/os-release'): Identities {
  const host = hostname();
  const [short = host] = host.split('.');
  const people = textAt(passwordFile)
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , uid]) => Number(uid) >= firstPerson && Number(uid) !== nobody)
    .flatMap(([name = '', , , , fullName = '']) => [name, ...(fullName.split(',')[0]?.split(' ') ?? [])]);
  return {
    users: [...people, ownName()].filter((name) => name !== ''),
    hosts: [host, short, ...namesOf(host)],
    harmless: ['root', 'localhost', 'linux', 'user', 'understudy', ...wordsOf(textAt(osRelease))],
  };
}

/** `machine.example.org` also names `example.org`. */
function namesOf(host: string): string[] {
  const domain = host.split('.').slice(1).join('.');
  return domain.includes('.') ? [domain] : [];
}

function wordsOf(osRelease: string): string[] {
  return [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([\w .-]+)"?$/gm)].flatMap(
    ([, words]) => words?.split(' ') ?? [],
  );
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return ''; // an account that the system does not know
  }
}

function textAt(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
