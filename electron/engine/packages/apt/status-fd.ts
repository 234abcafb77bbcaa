/**
 * The lines that apt writes to `APT::Status-Fd` (apt's README.progress-reporting): `dlstatus:item:percent:text` while
 * fetching, `pmstatus:package:percent:text` while dpkg runs, `pmerror:package:percent:text` for a failure.
 */
export interface StatusLine {
  readonly kind: 'dlstatus' | 'pmstatus' | 'pmerror' | 'pmconffile';
  /** A package, `dpkg-exec`, the path of an archive, or the number of an item that is fetched. */
  readonly subject: string;
  readonly percent: number;
  readonly text: string;
}

/** The subject may hold colons of its own (`libc6:i386`), the percentage never does. */
const form = /^(dlstatus|pmstatus|pmerror|pmconffile):(.*?):(\d+(?:\.\d+)?):(.*)$/;

export function parseStatusLine(line: string): StatusLine | undefined {
  const match = form.exec(line);
  if (!match) return undefined;
  const [, kind, subject = '', percent = '0', text = ''] = match;
  return { kind: kind as StatusLine['kind'], subject, percent: Number(percent), text };
}

/** The package that a line speaks of; an archive's path begins with its package's name. */
export function packageOf(line: StatusLine): string | undefined {
  if (line.subject === 'dpkg-exec' || line.subject === '') return undefined;
  const file = /([^/]+?)_[^/]*\.deb$/.exec(line.subject);
  return file?.[1] ?? line.subject;
}
