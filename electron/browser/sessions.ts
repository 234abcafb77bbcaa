/**
 * Who may come in: a token that works once buys a cookie that works until the server ends. Invariants: a token is used up by the
 * first who shows it; nothing that was shown is compared in a way whose time tells how much of it was right; nothing of it
 * is ever written anywhere.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Sessions {
  /** A new token for one entry; the one before it works no more. */
  invite(): string;
  /** The value of the cookie, or null when the token is wrong or was used. */
  enter(token: string): string | null;
  isKnown(cookies: string | undefined): boolean;
  readonly cookieName: string;
}

/** Browsers that can be in at once; the oldest has to go, as a tab that is forgotten. */
const mostSessions = 8;

/** Cookies know no ports: the name keeps two servers of one machine apart (RFC 6265, 8.5). */
export function sessions(port: number): Sessions {
  const cookieName = `understudy-${port}`;
  let invitation: Buffer | null = null;
  const known: Buffer[] = [];
  return {
    cookieName,
    invite: () => {
      const token = secret();
      invitation = digest(token);
      return token;
    },
    enter: (token) => {
      if (invitation === null || !timingSafeEqual(invitation, digest(token))) return null;
      invitation = null;
      const value = secret();
      known.push(digest(value));
      if (known.length > mostSessions) known.shift();
      return value;
    },
    isKnown: (cookies) => {
      const shown = valueOf(cookies, cookieName);
      if (shown === undefined) return false;
      const shownDigest = digest(shown);
      return known.some((session) => timingSafeEqual(session, shownDigest));
    },
  };
}

/** 256 bits, harmless in an address. */
const secret = (): string => randomBytes(32).toString('base64url');
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function valueOf(cookies: string | undefined, name: string): string | undefined {
  for (const pair of (cookies ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
