/**
 * Which requests are looked at. Pure. A page of another site cannot get in: its name stands in `Host` (DNS rebinding) or in
 * `Origin` (requests and sockets across sites), whatever address it resolves to. A tunnel may bring the port of its own end,
 * so a port is right when both headers name the same one.
 */
import type { IncomingMessage } from 'node:http';

export type Verdict = 'fine' | 'foreign-host' | 'foreign-origin';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** `needsOrigin`: for sockets, which every browser opens with an `Origin` (RFC 6455, 10.2). */
export function judge(
  { headers, headersDistinct }: Pick<IncomingMessage, 'headers' | 'headersDistinct'>,
  { needsOrigin }: { needsOrigin: boolean },
): Verdict {
  // Two of them are as good as none: RFC 9112, 3.2.
  const host = headersDistinct['host']?.length === 1 ? hostOf(headers.host) : null;
  if (host === null) return 'foreign-host';
  const { origin } = headers;
  if (origin === undefined) return needsOrigin ? 'foreign-origin' : 'fine';
  if (origin !== `http://${host}`) return 'foreign-origin';
  // Where the browser says how the request came about, it must not be another site's doing (Fetch Metadata).
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none' ? 'fine' : 'foreign-origin';
}

/** As it was sent, if it is a name of this machine alone. */
function hostOf(header: string | undefined): string | null {
  const match = /^([a-z0-9.]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?$/.exec(header ?? '');
  return match?.[1] !== undefined && loopbackNames.has(match[1]) ? match[0] : null;
}
