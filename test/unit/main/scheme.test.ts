/** The app's own scheme: which addresses are ours, and what they are answered with. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerFrom, isOurs, pageUrl, privileges, serveScheme } from '../../../electron/main/scheme.js';
import { readBuiltFiles, type BuiltFiles } from '../../../electron/services/page/built-files.js';
import { contentSecurityPolicy, securityHeaders } from '../../../electron/services/page/security-headers.js';
import { pageFolder } from '../../lab/app-double.js';
import { sessionDouble } from './electron-double.js';

let page: ReturnType<typeof pageFolder>;
let files: BuiltFiles;
beforeEach(async () => {
  page = pageFolder();
  files = await readBuiltFiles(page.folder);
});
afterEach(() => page.remove());

test('has an origin, and no privilege that weakens its policy', () => {
  expect(privileges).toEqual({
    scheme: 'understudy',
    privileges: {
      standard: true,
      secure: true,
      supportFetchAPI: true,
      bypassCSP: false,
      allowServiceWorkers: false,
      corsEnabled: false,
      stream: false,
    },
  });
});

test.each([pageUrl, 'understudy://app/assets/x.js', 'understudy://app/index.html#/history'])(
  '%s is ours',
  (address) => expect(isOurs(address)).toBe(true),
);

test.each([
  'https://app/',
  'understudy://app:8080/',
  'understudy://evil/',
  'understudy://a:b@app/',
  'http://understudy.app/',
  'file://app/index.html',
  'about:blank',
  'about:srcdoc',
  '',
])('%j is not ours', (address) => expect(isOurs(address)).toBe(false));

describe('an answer', () => {
  const answer = (url: string, method = 'GET'): Response => answerFrom(files)({ url, method });

  test('is the built file, with its type and every security header', async () => {
    const session = sessionDouble();
    serveScheme(session.session.protocol, files);
    const response = await session.schemes.get('understudy')!(new Request('http://x/'));
    expect(response.status).toBe(404);
    const start = answer(pageUrl);
    expect([start.status, await start.text()]).toEqual([200, '<!doctype html><title>page</title>']);
    expect(start.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const [name, value] of Object.entries(securityHeaders)) expect(start.headers.get(name)).toBe(value);
  });

  test.each([
    'understudy://app/secret.pem',
    'understudy://app/../secret.pem',
    'understudy://app/assets/..%2f..%2fsecret.pem',
    'understudy://app/%2e%2e/secret.pem',
    'understudy://app/assets/',
    'understudy://app//etc/passwd',
    'understudy://app/assets\\app.js',
    'understudy://evil/index.html',
    'understudy://app/constructor',
  ])('to %s is nothing, with the headers', async (address) => {
    const response = answer(address);
    expect([response.status, await response.text()]).toEqual([404, '']);
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
  });

  test.each(['POST', 'PUT', 'HEAD'])('to %s is a refusal', (method) => {
    expect(answer(pageUrl, method).status).toBe(405);
  });
});

test('the policy begins with nothing, and allows no inline script, no eval, no other origin and no HTML made of text', () => {
  const [first, ...directives] = contentSecurityPolicy.split('; ');
  expect(first).toBe("default-src 'none'");
  const types = ["require-trusted-types-for 'script'", 'trusted-types svelte-trusted-html'];
  expect(directives).toEqual(expect.arrayContaining(types));
  for (const directive of directives.filter((given) => !types.includes(given)))
    expect(directive).toMatch(/^[a-z-]+ '(none|self)'$/);
});
