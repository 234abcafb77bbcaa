/**
 * What a process takes over from who started it, made harmless: variables, the umask, the folder. Commands get a clean environment of
 * their own in any case; this is for what Node and libraries read.
 */
import { cleanEnvironment } from '../../engine/process/run.js';

/** Taken over: where a user's own files go, for a helper that runs as that user. */
const kept = ['HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR', 'TMPDIR', 'UNDERSTUDY_PRACTICE_USER'];

/** What was said about who asked, and about a socket, before all of it is forgotten. */
export interface Inherited {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function cleanSurroundings(): Inherited {
  const environment = { ...process.env };
  const isUser = process.getuid?.() !== 0 || environment['UNDERSTUDY_PRACTICE_USER'] !== undefined;
  for (const name of Object.keys(process.env)) {
    if (!(isUser && kept.includes(name))) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, { PATH: cleanEnvironment['PATH'], LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8' });
  if (!isUser) process.env['HOME'] = '/root';
  process.umask(0o077);
  process.chdir('/');
  return { environment };
}

/** Who asked pkexec(1) or sudo(8) for this process; both set the variable themselves, whatever the user says. */
export function askedBy(environment: Inherited['environment']): number | undefined {
  for (const name of ['PKEXEC_UID', 'SUDO_UID']) {
    const value = environment[name];
    if (value !== undefined && /^\d{1,10}$/.test(value)) return Number(value);
  }
  return undefined;
}
