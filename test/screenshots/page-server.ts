/** Offers a folder's files to a browser on this machine, under the content security policy of the shells; what it has it may keep. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';

/** As the shells send it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** `further`: files from elsewhere, offered at the top under their own names. */
export async function serveFolder(folder: string, further: readonly string[] = []): Promise<PageServer> {
  const elsewhere = new Map(further.map((file) => [`/${basename(file)}`, file]));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost'); // with no `..` left
    const type = types[extname(pathname)];
    const body = type && contentOf(elsewhere.get(pathname) ?? join(folder, pathname));
    if (pathname === '/favicon.ico')
      response.writeHead(204).end(); // the browser's own wish, not the page's
    else if (body === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, {
          'content-type': type,
          'content-security-policy': policy,
          'cache-control': 'max-age=3600, immutable',
        })
        .end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
