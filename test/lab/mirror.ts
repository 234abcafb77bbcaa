/** The Debian mirrors that this machine uses, read from apt's own sources, so that tests fetch from nowhere else. */
import { execFileSync } from 'node:child_process';

export interface Mirrors {
  readonly main: string;
  readonly security: string;
}

/** `undefined` where apt is missing or has no source of Debian's; UNDERSTUDY_TEST_MIRROR and …_SECURITY_MIRROR come first. */
export function mirrors(): Mirrors | undefined {
  const found = sources();
  const main =
    process.env['UNDERSTUDY_TEST_MIRROR'] ?? found.find(({ release }) => !release.includes('-'))?.uri;
  const security =
    process.env['UNDERSTUDY_TEST_SECURITY_MIRROR'] ??
    found.find(({ release }) => release.endsWith('-security'))?.uri;
  return main === undefined || security === undefined ? undefined : { main, security };
}

/** Suites that Debian has, from apt's sources; the index itself need not be there yet. */
function sources(): { uri: string; release: string }[] {
  const suites =
    /^(bullseye|bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)(-security|-updates)?$/;
  let text: string;
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    text = execFileSync('apt-get', ['update', '--print-uris'], { encoding: 'utf8', stdio });
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [, uri, release] = /^'(.*)\/dists\/([^/]+)\/InRelease'/.exec(line) ?? [];
    return uri !== undefined && release !== undefined && suites.test(release) ? [{ uri, release }] : [];
  });
}
