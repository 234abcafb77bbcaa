// The development server of the renderer. In a browser it stands in front of the app's own server, to which it passes the entry and the
// socket; that server sees one origin and one host, as it does behind a tunnel.
import { join } from 'node:path';
import { createServer } from 'vite';

const top = join(import.meta.dirname, '../..');

/** `port` is that of the app's server; null where the window of Electron brings its own bridge. */
export async function startDevServer(port) {
  const target = `http://127.0.0.1:${port}`;
  const server = await createServer({
    configFile: join(top, 'renderer/vite.config.ts'),
    logLevel: 'warn',
    server: {
      host: '127.0.0.1',
      port: 0,
      ...(port === null ? {} : { proxy: { '/api': { target, ws: true }, '/enter': { target } } }),
    },
  });
  await server.listen();
  const { port: own } = server.httpServer.address();
  return { origin: `http://127.0.0.1:${own}`, close: () => server.close() };
}
