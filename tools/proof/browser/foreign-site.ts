import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page and the headers it is served with. */
export interface ForeignPage {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody else's web site on an origin of its own, to embed the counter in. */
export interface ForeignSite {
  readonly origin: string;
  /** Puts a page there; answers its address. */
  put(path: string, page: ForeignPage): string;
  stop(): Promise<void>;
}

export async function openForeignSite(): Promise<ForeignSite> {
  const pages = new Map<string, ForeignPage>([['/own.css', { html: '' }]]);
  const server = createServer((request, response: ServerResponse) => {
    const page = pages.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (!page) return response.writeHead(request.url === '/favicon.ico' ? 204 : 404).end();
    const css = request.url?.endsWith('.css');
    response.writeHead(200, { 'content-type': css ? 'text/css' : 'text/html; charset=utf-8', ...page.headers });
    return response.end(page.html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    put(path, page) {
      pages.set(path, page);
      return origin + path;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
