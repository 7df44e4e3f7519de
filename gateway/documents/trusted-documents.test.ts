import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shopGraph } from '../testing/shop-graph';
import { startTestGateway, type TestGateway } from '../testing/test-gateway';
import { readTrustedDocuments, sha256Hex, TrustedDocumentsError, trustedDocuments } from './trusted-documents';

const ECHO = '{ echo }';
const PRODUCT = 'query Product($id: ID!) {\n  product(id: $id) { id title }\n}';
const RENAME = 'mutation Rename { rename(id: "p1", title: "x") { id } }';
const OTHER = '{ whoAmI }';
const NOT_TRUSTED = 'DOCUMENT_NOT_TRUSTED';

describe('reading registered documents', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gateway-documents-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: unknown): string => {
    const file = path.join(folder, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };

  it('should read a manifest of hashes, with and without "sha256:"', () => {
    const file = write('documents.json', { [sha256Hex(ECHO)]: ECHO, [`sha256:${sha256Hex(PRODUCT)}`]: PRODUCT });
    expect([...readTrustedDocuments(file)]).toEqual([
      [sha256Hex(ECHO), ECHO],
      [sha256Hex(PRODUCT), PRODUCT],
    ]);
  });

  it("should read Apollo's manifest with ids of any kind", () => {
    const file = write('persisted-query-manifest.json', {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'product-1', name: 'Product', type: 'query', body: PRODUCT }],
    });
    const trusted = trustedDocuments(readTrustedDocuments(file), 'all');
    expect(trusted.find('product-1')).toBe(PRODUCT);
    expect(trusted.find(sha256Hex(PRODUCT))).toBe(PRODUCT);
  });

  it("should read a folder's documents and manifests, a text with and without its last line end", () => {
    write('product.graphql', `${PRODUCT}\n`);
    write('echo.json', { [sha256Hex(ECHO)]: ECHO });
    write('notes.txt', 'nothing of ours');
    mkdirSync(path.join(folder, 'below'));
    const trusted = trustedDocuments(readTrustedDocuments(folder), 'all');
    for (const text of [ECHO, PRODUCT, `${PRODUCT}\n`]) expect(trusted.refusal(text, false)).toBeNull();
    expect(trusted.refusal(OTHER, false)?.extensions).toEqual({ code: NOT_TRUSTED });
  });

  it.each([
    ['a hash that is not of its text', { [sha256Hex(OTHER)]: ECHO }, /is not the SHA-256 of its text/],
    ['a text that is not GraphQL', { [sha256Hex('{')]: '{' }, /holds a text that is not GraphQL: Syntax Error/],
    ['another version', { format: 'apollo-persisted-query-manifest', version: 2, operations: [] }, /is neither/],
    ['a value that is no text', { [sha256Hex(ECHO)]: 5 }, /is neither/],
    ['a list', [ECHO], /is neither/],
    ['no JSON', '{', /is not JSON/],
  ])('should refuse %s, naming the file', (_what, content, message) => {
    const file = write('documents.json', content);
    const read = (): unknown => readTrustedDocuments(file);
    expect(read).toThrow(TrustedDocumentsError);
    expect(read).toThrow(message);
    expect(read).toThrow(file);
  });

  it('should say so when the place cannot be read', () => {
    expect(() => readTrustedDocuments(path.join(folder, 'none'))).toThrow(/none, which cannot be read/);
  });

  it('should refuse a rule that would let nothing through', () => {
    expect(() => trustedDocuments(new Map(), 'all')).toThrow('refuses every request');
    expect(() => trustedDocuments(new Map(), 'keys')).toThrow('refuses every request');
  });
});

const texts = new Map([ECHO, PRODUCT, RENAME].map((text) => [sha256Hex(text), text]));
const KEY = { 'x-storefront-key': 'key-1' };

describe.each(['hot', 'apollo'] as const)('registered documents on the %s lane', (lane) => {
  let server: TestGateway;
  const codeOf = ({ body }: Awaited<ReturnType<TestGateway['post']>>): unknown => body.errors?.[0]?.extensions['code'];

  describe.each(['off', 'keys', 'all'] as const)('where the rule is "%s"', (rule) => {
    beforeAll(async () => {
      server = await startTestGateway({ lane, trustedDocuments: trustedDocuments(texts, rule) });
    });
    afterAll(() => server.gateway.stop());

    it.each([
      ['by its hash', { documentId: `sha256:${sha256Hex(PRODUCT)}` }],
      ['by its bare hash', { documentId: sha256Hex(PRODUCT) }],
      [
        'by the extension of persisted queries',
        { extensions: { persistedQuery: { version: 1, sha256Hash: sha256Hex(PRODUCT) } } },
      ],
      ['by its text', { query: PRODUCT }],
      [
        'by text and hash',
        { query: PRODUCT, extensions: { persistedQuery: { version: 1, sha256Hash: sha256Hex(PRODUCT) } } },
      ],
    ])('should run a registered document named %s', async (_how, named) => {
      for (const headers of [{}, KEY]) {
        const { status, body } = await server.post({ ...named, variables: { id: 'p1' } }, headers);
        expect([status, body]).toEqual([200, { data: { product: { id: 'p1', title: 'Oat milk' } } }]);
      }
    });

    it('should run a registered document by GET', async () => {
      const address = `${server.gateway.url}/graphql?documentId=sha256:${sha256Hex(ECHO)}`;
      const answer = await fetch(address, { headers: { 'apollo-require-preflight': 'yes', ...KEY } });
      expect(await answer.json()).toEqual({ data: { echo: 7 } });
    });

    it('should answer a hash nobody registered by PERSISTED_QUERY_NOT_FOUND', async () => {
      const answer = await server.post({ documentId: `sha256:${sha256Hex('{ a: echo }')}` });
      expect([answer.status, codeOf(answer)]).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    });

    it('should treat other documents by the rule, whoever asks', async () => {
      const keyed = ['key', 'key and person'];
      const refused = rule === 'off' ? [] : rule === 'keys' ? keyed : ['nobody', 'person', ...keyed];
      const person = { authorization: 'Bearer account:a1' };
      const callers = { nobody: {}, person, key: KEY, 'key and person': { ...KEY, ...person } };
      for (const [who, headers] of Object.entries(callers)) {
        const answer = await server.post({ query: OTHER }, headers);
        const expected = refused.includes(who) ? [403, NOT_TRUSTED] : [200, undefined];
        expect([who, answer.status, codeOf(answer)]).toEqual([who, ...expected]);
      }
    });

    it('should not let a client register a document around the rule', async () => {
      const text = '{ whoAmI again: whoAmI }';
      const persistedQuery = { version: 1, sha256Hash: sha256Hex(text) };
      await server.post({ query: text, extensions: { persistedQuery } }, KEY);
      const answer = await server.post({ extensions: { persistedQuery } }, KEY);
      expect([answer.status, codeOf(answer)]).toEqual(rule === 'off' ? [200, undefined] : [403, NOT_TRUSTED]);
    });
  });

  it('should change nothing when it refuses', async () => {
    const { catalog, endpoints } = shopGraph();
    const closed = await startTestGateway({ lane, endpoints, trustedDocuments: trustedDocuments(texts, 'keys') });
    const answer = await closed.post({ query: 'mutation { touch }' }, KEY);
    expect([answer.status, answer.body]).toEqual([
      403,
      {
        errors: [
          {
            message: 'With this key only registered documents run. Register the document, or ask the operator.',
            extensions: { code: NOT_TRUSTED },
          },
        ],
      },
    ]);
    expect(catalog.requests).toEqual([]);
    await closed.post({ query: 'mutation { touch }' });
    expect(catalog.requests).toHaveLength(1);
    await closed.gateway.stop();
  });
});
