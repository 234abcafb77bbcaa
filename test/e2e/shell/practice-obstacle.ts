/** Why no practice system can be made here, of what can be told without trying. */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

export function practiceObstacle(): string | undefined {
  if (!existsSync('/var/lib/dpkg/status')) return 'needs a machine with dpkg';
  if (process.getuid?.() === 0) return undefined;
  if (!existsSync('/usr/bin/newuidmap')) return 'needs newuidmap, of the package uidmap';
  const { username, uid } = userInfo();
  const hasRange = ['/etc/subuid', '/etc/subgid'].every(
    (path) =>
      existsSync(path) &&
      readFileSync(path, 'utf8')
        .split('\n')
        .some((line) => [username, String(uid)].includes(line.split(':')[0] ?? '')),
  );
  return hasRange ? undefined : 'needs a range of accounts in /etc/subuid and /etc/subgid';
}
