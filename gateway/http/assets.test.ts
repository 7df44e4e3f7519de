import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';

describe('asset folders', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'gateway-assets-'));
  let server: TestGateway;
  beforeAll(async () => {
    mkdirSync(path.join(root, 'images'));
    writeFileSync(path.join(root, 'images', 'milk.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(path.join(root, 'images', '.hidden'), 'hidden');
    writeFileSync(path.join(root, 'secret.txt'), 'secret');
    server = await startTestGateway({ assets: [{ prefix: '/images/', root: path.join(root, 'images') }] });
  });
  afterAll(async () => {
    await server.gateway.stop();
    rmSync(root, { recursive: true });
  });

  const get = (name: string): Promise<Response> => fetch(`${server.gateway.url}/images/${name}`);

  /** `fetch` asks servers not to answer from a cache; a browser's image request does not. */
  const statusOf = (url: string, etag: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const request = httpGet(url, { headers: { 'if-none-match': etag } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
    });

  it('should serve a file to pages of every origin, with caching', async () => {
    const answer = await get('milk.svg');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=86400');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await statusOf(answer.url, answer.headers.get('etag') ?? '')).toBe(304);
  });

  it.each(['none.svg', '', '.hidden', '..%2fsecret.txt', '%2e%2e/secret.txt', '..%5csecret.txt'])(
    'should not serve %p',
    async (name) => {
      const answer = await get(name);
      expect([400, 403, 404]).toContain(answer.status);
      expect(await answer.text()).not.toContain('secret');
    },
  );
});
