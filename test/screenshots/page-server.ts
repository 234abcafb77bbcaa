/** Offers the built double to a browser on this machine, as the shells offer the app; but what the browser has it may keep. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { builtFile, readBuiltFiles, type BuiltFile } from '../../electron/services/page/built-files.js';
import { contentSecurityPolicy, securityHeaders } from '../../electron/services/page/security-headers.js';

/** Playwright's clock makes scripts of texts, which the app itself forbids. */
const policy = contentSecurityPolicy
  .split('; ')
  .filter((directive) => !directive.includes('trusted-types'))
  .join('; ');
const headers = {
  ...securityHeaders,
  'Content-Security-Policy': policy,
  'Cache-Control': 'max-age=3600, immutable',
};

export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** `scripts`: files from elsewhere, by the paths at which they are offered as well. It keeps no program alive. */
export async function servePages(
  folder: string,
  scripts: Readonly<Record<string, string>>,
): Promise<PageServer> {
  const files = new Map<string, BuiltFile>(await readBuiltFiles(folder, 'double.html'));
  for (const [path, file] of Object.entries(scripts))
    files.set(path, { type: 'text/javascript; charset=utf-8', bytes: readFileSync(file) });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const file = builtFile(files, url);
    if (file) response.writeHead(200, { ...headers, 'Content-Type': file.type }).end(file.bytes);
    // The browser's own wish, not the page's.
    else response.writeHead(url.pathname === '/favicon.ico' ? 204 : 404, headers).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
