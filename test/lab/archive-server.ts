/**
 * Serves a folder over HTTP on the loopback, as a mirror does (ranges, conditional requests), with faults that a test switches on
 * while it runs.
 */
import { createReadStream, readFileSync, statSync, type Stats } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

/** Concerns requests whose path (`/pool/x.deb`) matches. */
export type ServerFault = { readonly path: RegExp } & (
  | { readonly kind: 'missing' }
  /** Ends the connection after some bytes of the body. */
  | { readonly kind: 'drop'; readonly afterBytes: number }
  /** Sends so many bytes a second. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** Sends something else than the file: a stale index, a damaged signature, the page of a hotel's network. */
  | { readonly kind: 'replace'; readonly content: (original: Buffer) => Buffer }
);

export interface ArchiveServer {
  readonly uri: string;
  /** Every request so far: its path, and its Range header where it had one. */
  readonly requests: readonly { readonly path: string; readonly range: string | undefined }[];
  /** Replaces the faults. */
  setFaults(...faults: readonly ServerFault[]): void;
  close(): Promise<void>;
}

export async function serveArchive(folder: string): Promise<ArchiveServer> {
  let faults: readonly ServerFault[] = [];
  const clock = new ChangeClock();
  const requests: { path: string; range: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').replace(/\?.*/, ''));
    requests.push({ path, range: request.headers.range });
    const file = join(folder, normalize(path));
    const fault = faults.find((one) => one.path.test(path));
    answer(request, response, { file, modified: clock.of(file) }, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}`,
    requests,
    setFaults: (...wanted) => {
      faults = wanted;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { file, modified }: { readonly file: string; readonly modified: Date },
  fault?: ServerFault,
): void {
  const status = statSync(file, { throwIfNoEntry: false });
  if (!status?.isFile() || fault?.kind === 'missing') {
    response.writeHead(404).end();
    return;
  }
  if (fault?.kind === 'replace') {
    const content = fault.content(readFileSync(file));
    // The clock of changes may be ahead, and what is older than a client has it does not take.
    const later = new Date(Math.max(Date.now(), modified.getTime() + 1000)).toUTCString();
    response.writeHead(200, { 'Content-Length': content.length, 'Last-Modified': later }).end(content);
    return;
  }
  const since = request.headers['if-modified-since'];
  if (!fault && since !== undefined && !request.headers.range && new Date(since) >= modified) {
    response.writeHead(304).end();
    return;
  }
  const start = startOf(request, status, modified);
  response.writeHead(start === 0 ? 200 : 206, {
    'Accept-Ranges': 'bytes',
    'Content-Length': status.size - start,
    'Last-Modified': modified.toUTCString(),
    ...(start === 0 ? {} : { 'Content-Range': `bytes ${start}-${status.size - 1}/${status.size}` }),
  });
  send(response, file, start, fault);
}

/** HTTP's times have seconds, and a test changes a file more often: every change is at least a second later than the one before. */
class ChangeClock {
  readonly #seen = new Map<string, { readonly version: string; readonly seconds: number }>();

  of(file: string): Date {
    const status = statSync(file, { throwIfNoEntry: false, bigint: true });
    const version = status ? `${status.ino} ${status.ctimeNs}` : '';
    const known = this.#seen.get(file);
    if (known?.version === version) return new Date(known.seconds * 1000);
    const seconds = Math.max(Math.floor(Date.now() / 1000), (known?.seconds ?? 0) + 1);
    this.#seen.set(file, { version, seconds });
    return new Date(seconds * 1000);
  }
}

/** Of `Range: bytes=N-`, the only form that apt uses; 0 where the file is another one than before (`If-Range`). */
function startOf(request: IncomingMessage, status: Stats, modified: Date): number {
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const condition = request.headers['if-range'];
  const isSame = typeof condition !== 'string' || new Date(condition).getTime() === modified.getTime();
  return isSame && start < status.size ? start : 0;
}

function send(response: ServerResponse, file: string, start: number, fault?: ServerFault): void {
  const chunk = fault?.kind === 'slow' ? Math.max(1, Math.floor(fault.bytesPerSecond / 10)) : 64 * 1024;
  const stream = createReadStream(file, { start, highWaterMark: chunk });
  let sent = 0;
  stream.on('data', (data) => {
    const part = fault?.kind === 'drop' ? data.slice(0, Math.max(0, fault.afterBytes - sent)) : data;
    sent += part.length;
    stream.pause();
    response.write(part, () => {
      if (fault?.kind === 'drop' && sent >= fault.afterBytes) {
        stream.destroy();
        response.destroy();
      } else if (fault?.kind === 'slow') {
        setTimeout(() => stream.resume(), 100);
      } else {
        stream.resume();
      }
    });
  });
  stream.on('end', () => response.end());
  response.on('close', () => stream.destroy());
}
