/**
 * The app's own scheme: `understudy://app/…` is answered from the built files and by nothing else. Unlike `file://` it has an
 * origin, so that `'self'` in the policy means exactly these files. Invariant: every answer carries the security headers, and
 * only GET of a built file succeeds.
 */
import type { CustomScheme, Protocol } from 'electron';
import { builtFile, type BuiltFiles } from '../services/page/built-files.js';
import { securityHeaders } from '../services/page/security-headers.js';

export const scheme = 'understudy';
/** What the window loads. */
export const pageUrl = `${scheme}://app/`;

/** To be registered before Electron is ready. Nothing is allowed that the page does not need: no CSP bypass, no service workers. */
export const privileges: CustomScheme = {
  scheme,
  privileges: {
    standard: true,
    secure: true,
    supportFetchAPI: true,
    bypassCSP: false,
    allowServiceWorkers: false,
    corsEnabled: false,
    stream: false,
  },
};

/** True for addresses of the app's own page and its files. */
export function isOurs(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === `${scheme}:` && url.host === 'app' && url.username === '' && url.password === '';
}

export function answerFrom(files: BuiltFiles): (request: Pick<Request, 'method' | 'url'>) => Response {
  return ({ method, url }) => {
    if (!isOurs(url)) return refusal(404);
    if (method !== 'GET') return refusal(405);
    const file = builtFile(files, new URL(url));
    if (!file) return refusal(404);
    return new Response(new Uint8Array(file.bytes), {
      headers: { ...securityHeaders, 'Content-Type': file.type },
    });
  };
}

export function serveScheme(protocol: Pick<Protocol, 'handle'>, files: BuiltFiles): void {
  protocol.handle(scheme, answerFrom(files));
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: securityHeaders });
}
