import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const WELCOME = `# Kaituan: write a query and press play.
# Sign in with sessionCreate, then add { "Authorization": "Bearer …" } under Headers.
query Products {
  products(first: 5) {
    nodes { id title }
  }
}
`;

interface ExplorerPage {
  readonly html: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
  readonly policy: string;
}

let rendered: Promise<ExplorerPage> | null = null;

/** GraphiQL in one page that loads nothing from anywhere: scripts, styles, fonts and workers are inside it. */
export function explorerPage(): Promise<ExplorerPage> {
  rendered ??= renderPage();
  return rendered;
}

async function renderPage(): Promise<ExplorerPage> {
  // Nine megabytes of script: loaded when somebody first opens the page.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const text = renderGraphiQL({
    title: 'Kaituan explorer',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: WELCOME,
  });
  const html = Buffer.from(text.trim());
  return {
    html,
    zipped: await promisify(gzip)(html),
    etag: `"${createHash('sha256').update(html).digest('base64url')}"`,
    policy: contentSecurityPolicy(text),
  };
}

/** Only this page's own scripts run (by hash), and only this server is talked to: no CDN could be reached. */
function contentSecurityPolicy(html: string): string {
  const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')} blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    'font-src data:',
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function wantsHtml(request: FastifyRequest): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

export async function sendExplorer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const page = await explorerPage();
  reply
    .header('content-security-policy', page.policy)
    .header('etag', page.etag)
    .header('cache-control', 'no-cache')
    .header('vary', 'Accept, Accept-Encoding');
  if (request.headers['if-none-match'] === page.etag) return reply.code(304).send();
  reply.type('text/html; charset=utf-8');
  if (/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    return reply.header('content-encoding', 'gzip').send(page.zipped);
  }
  return reply.send(page.html);
}
