import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What `npm run embeds` has built: one folder for each version that a page may have pinned. */
const GENERATED = path.join(__dirname, '..', '..', 'embeds', 'generated');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
/** What a page that always takes the newest may be behind. */
const ALIAS_SECONDS = 300;
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

interface EmbedFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
  readonly integrity: string;
}

interface EmbedBuild {
  readonly name: string;
  readonly files: ReadonlyMap<string, EmbedFile>;
}

/**
 * The browser side: `/embeds/<version>-<hash>/counter.js` never changes and may be pinned by its hash,
 * `/embeds/v1/counter.js` leads to the newest one, `/embeds/v1/manifest.json` names both, and `/overlay/v1` is the page
 * for streaming programs. Throws where the builds cannot be read.
 */
export function registerEmbeds(app: FastifyInstance): void {
  const builds = new Map(readBuilds().map((build) => [build.name, build]));
  const newest = newestOf([...builds.values()]);
  const manifest = {
    version: newest.name,
    files: Object.fromEntries(
      [...newest.files].map(([file, { integrity, plain, gzip }]) => [
        file,
        { url: `/embeds/${newest.name}/${file}`, integrity, bytes: plain.length, gzipBytes: gzip.length },
      ]),
    ),
  };

  app.get('/embeds/v1/manifest.json', async (_request, reply) => {
    forEveryPage(reply).header('cache-control', `public, max-age=${ALIAS_SECONDS}`);
    return manifest;
  });
  app.get<{ Params: { file: string } }>('/embeds/v1/:file', async ({ params }, reply) => {
    if (!newest.files.has(params.file)) return reply.callNotFound();
    return forEveryPage(reply)
      .header('cache-control', `public, max-age=${ALIAS_SECONDS}`)
      .redirect(`../${newest.name}/${params.file}`, 302);
  });
  app.get<{ Params: { build: string; file: string } }>('/embeds/:build/:file', async (request, reply) => {
    const file = builds.get(request.params.build)?.files.get(request.params.file);
    if (!file) return reply.callNotFound();
    forEveryPage(reply)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'Accept-Encoding')
      .type(file.type);
    return sendSmallest(request, reply, file);
  });
  app.get('/overlay/v1', async (request, reply) => {
    const host = request.headers.host ?? '';
    return reply
      .removeHeader('x-frame-options')
      .header('content-security-policy', overlayPolicy(HOST.test(host) ? host : null))
      .header('permissions-policy', 'camera=(), microphone=(), geolocation=()')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(overlayPage(newest));
  });
}

/** There is nothing personal in these files, and pages of any site load them. */
function forEveryPage(reply: FastifyReply): FastifyReply {
  return reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
}

function sendSmallest({ headers }: FastifyRequest, reply: FastifyReply, file: EmbedFile): FastifyReply {
  const accepted = String(headers['accept-encoding'] ?? '');
  if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(file.brotli);
  if (/\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip);
  return reply.send(file.plain);
}

/**
 * Nothing of the request is in the page: its own script reads the address, where a token stands behind the "#". It is
 * framed by whoever likes, because streaming programs do and there is nothing in it to press.
 */
function overlayPage({ name, files }: EmbedBuild): string {
  const base = `../embeds/${name}`;
  const integrity = (file: string) => files.get(file)?.integrity ?? '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>Kaituan overlay</title>
<link rel="stylesheet" href="${base}/overlay.css" integrity="${integrity('overlay.css')}">
<script defer src="${base}/overlay.js" integrity="${integrity('overlay.js')}"></script>
</head>
<body></body>
</html>
`;
}

/** Older browsers do not count a WebSocket to the same host as 'self', so it is named. */
function overlayPolicy(host: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${host === null ? '' : ` ws://${host} wss://${host}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function readBuilds(): readonly EmbedBuild[] {
  if (!existsSync(GENERATED)) return [];
  return readdirSync(GENERATED).map((name) => {
    const folder = path.join(GENERATED, name);
    const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
      files: Record<string, { integrity: string }>;
    };
    const files = Object.entries(manifest.files).map(([file, { integrity }]): [string, EmbedFile] => {
      const plain = readFileSync(path.join(folder, file));
      const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
      return [file, { type, plain, gzip: gzipSync(plain, { level: 9 }), brotli: brotliCompressSync(plain), integrity }];
    });
    return { name, files: new Map(files) };
  });
}

/** By version numbers. */
function newestOf(builds: readonly EmbedBuild[]): EmbedBuild {
  const [newest] = [...builds].sort((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true }));
  if (!newest) throw new Error('There is no build of the browser side: run `npm run embeds`.');
  return newest;
}
