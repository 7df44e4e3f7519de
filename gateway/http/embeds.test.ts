import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildEmbeds, fingerprint } from '../../tools/embeds/build';
import { registerEmbeds } from './embeds';
import { SECURITY_HEADERS } from './security-headers';

let app: FastifyInstance;
beforeAll(() => {
  app = Fastify();
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  registerEmbeds(app);
});
afterAll(() => app.close());

interface Manifest {
  version: string;
  files: Record<string, { url: string; integrity: string; bytes: number; gzipBytes: number }>;
}
const manifest = async (): Promise<Manifest> => (await app.inject('/embeds/v1/manifest.json')).json();

describe('the files of the browser side', () => {
  it('should be the ones the sources make', async () => {
    const files = await buildEmbeds();
    const version = readFileSync(path.join(__dirname, '..', '..', 'embeds', 'VERSION'), 'utf8').trim();
    const folder = path.join(__dirname, '..', '..', 'embeds', 'generated', `${version}-${fingerprint(files)}`);
    expect({ upToDate: existsSync(folder), remedy: 'npm run embeds' }).toEqual({
      upToDate: true,
      remedy: 'npm run embeds',
    });
    for (const [name, content] of files) expect(readFileSync(path.join(folder, name)).equals(content)).toBe(true);
  });

  it('should be named with hash and size by the manifest', async () => {
    const { version, files } = await manifest();
    expect(Object.keys(files)).toEqual(['counter.js', 'overlay.js', 'overlay.css']);
    for (const [name, { url, integrity, bytes, gzipBytes }] of Object.entries(files)) {
      expect(url).toBe(`/embeds/${version}/${name}`);
      const { rawPayload, headers, statusCode } = await app.inject(url);
      expect(statusCode).toBe(200);
      expect(`sha384-${createHash('sha384').update(rawPayload).digest('base64')}`).toBe(integrity);
      expect([rawPayload.length, gzipSync(rawPayload, { level: 9 }).length]).toEqual([bytes, gzipBytes]);
      expect(headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        vary: 'Accept-Encoding',
      });
    }
    expect(files['counter.js']?.gzipBytes).toBeLessThanOrEqual(5_000);
  });

  it('should be sent as small as the browser reads them', async () => {
    const { files } = await manifest();
    const { url = '', gzipBytes, bytes = 0 } = files['counter.js'] ?? {};
    const sent = async (encoding: string) => {
      const { headers, rawPayload } = await app.inject({ url, headers: { 'accept-encoding': encoding } });
      return [headers['content-encoding'], rawPayload.length];
    };
    expect(await sent('gzip, deflate')).toEqual(['gzip', gzipBytes]);
    expect(await sent('identity')).toEqual([undefined, bytes]);
    const [encoding, length] = await sent('gzip, deflate, br, zstd');
    expect(encoding).toBe('br');
    expect(length).toBeLessThan(gzipBytes ?? 0);
  });

  it('should have an address that leads to the newest one for five minutes', async () => {
    const { version } = await manifest();
    const { statusCode, headers } = await app.inject('/embeds/v1/counter.js');
    expect(statusCode).toBe(302);
    expect(headers).toMatchObject({
      location: `../${version}/counter.js`,
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    });
  });

  it.each(['/embeds/v1/manifest.js', '/embeds/1.0.0-0/counter.js', '/embeds/v1/..%2f..%2fpackage.json', '/overlay/v2'])(
    'should have nothing at %s',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(404);
    },
  );
});

describe('the overlay page', () => {
  it('should hold nothing of its address, and run nothing but its own script', async () => {
    const { files } = await manifest();
    const plain = await app.inject({ url: '/overlay/v1', headers: { host: 'shop.example:8443' } });
    const given = await app.inject({
      url: '/overlay/v1?title=%3Cscript%3Ealert(1)%3C/script%3E&token=ot_secret',
      headers: { host: 'shop.example:8443' },
    });
    expect(given.body).toBe(plain.body);
    expect(plain.body).toContain(`integrity="${files['overlay.js']?.integrity}"`);
    expect(plain.body).toContain(`integrity="${files['overlay.css']?.integrity}"`);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://shop.example:8443 wss://shop.example:8443; " +
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    });
    expect(plain.headers['x-frame-options']).toBeUndefined();
  });

  it('should not let a made-up host into its policy', async () => {
    const { headers } = await app.inject({ url: '/overlay/v1', headers: { host: "x; script-src 'unsafe-inline'" } });
    expect(headers['content-security-policy']).toContain("connect-src 'self'; base-uri");
    expect(headers['content-security-policy']).not.toContain('unsafe-inline');
  });
});
