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

/** Sources with a component `main` of suites that Debian has. */
function sources(): { uri: string; release: string }[] {
  const suites =
    /^(bullseye|bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)(-security|-updates)?$/;
  let text: string;
  try {
    const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
    text = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [uri, release, component] = line.split(' ');
    if (uri === undefined || release === undefined || component !== 'main' || !suites.test(release))
      return [];
    return [{ uri: uri.replace(/\/$/, ''), release }];
  });
}
