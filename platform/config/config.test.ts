import { ConfigError, readConfig } from './config';

describe('configuration', () => {
  it('should start from nothing with the documented defaults', () => {
    expect(readConfig({}, '/srv')).toEqual({
      environment: 'development',
      port: 4000,
      host: '127.0.0.1',
      dataDir: '/srv/.data',
      mongodbUri: null,
      redisUrl: null,
      introspection: true,
      rateLimit: false,
      costLimit: false,
      trustedDocuments: null,
      trustedDocumentsOnly: 'off',
      responseCache: false,
      responseCacheMb: 32,
      metricsPort: null,
      metricsHost: '127.0.0.1',
      traceEndpoint: null,
      traceRatio: 0.1,
      traceParents: false,
      drainSeconds: 0,
      liveConnections: null,
      liveConnectionsPerAddress: null,
      liveConnectionsPerKey: null,
      logLevel: 'info',
      currencyCode: 'HKD',
      seatHoldMinutes: 15,
      sandboxPayments: true,
      subgraphUrls: null,
      subgraphSecrets: null,
      subgraphTimeoutMs: 2000,
      publicUrl: null,
      proxies: 0,
    });
  });

  it('should close introspection and the sandbox and count requests in production', () => {
    expect(readConfig({ NODE_ENV: 'production' })).toMatchObject({
      introspection: false,
      rateLimit: true,
      costLimit: true,
      responseCache: true,
      sandboxPayments: false,
    });
  });

  it('should take registered documents and who may run nothing else', () => {
    expect(readConfig({ TRUSTED_DOCUMENTS: 'documents', TRUSTED_DOCUMENTS_ONLY: 'keys' }, '/srv')).toMatchObject({
      trustedDocuments: '/srv/documents',
      trustedDocumentsOnly: 'keys',
    });
    expect(() => readConfig({ TRUSTED_DOCUMENTS_ONLY: 'some' })).toThrow(
      'TRUSTED_DOCUMENTS_ONLY must be off, keys or all',
    );
  });

  it('should name every fault at once and repeat no value', () => {
    const faults = () => readConfig({ PORT: '99999', MONGODB_URI: 'http://user:secret@db', RATE_LIMIT: 'maybe' });
    expect(faults).toThrow(ConfigError);
    expect(faults).toThrow(
      /PORT must be between 0 and 65535[\s\S]*MONGODB_URI must start with mongodb:\/\/[\s\S]*RATE_LIMIT must be on or off/,
    );
    try {
      faults();
    } catch (error) {
      expect(String(error)).not.toContain('secret');
    }
  });

  it('should take the numbers of live connections', () => {
    const given = {
      LIVE_CONNECTIONS: '20000',
      LIVE_CONNECTIONS_PER_ADDRESS: '6000',
      LIVE_CONNECTIONS_PER_KEY: '15000',
    };
    expect(readConfig(given)).toMatchObject({
      liveConnections: 20_000,
      liveConnectionsPerAddress: 6_000,
      liveConnectionsPerKey: 15_000,
    });
    expect(() => readConfig({ LIVE_CONNECTIONS: '0' })).toThrow('LIVE_CONNECTIONS must be between 1 and 1000000');
  });

  it('should read an empty variable as not set', () => {
    expect(readConfig({ PORT: '', RATE_LIMIT: 'on' })).toMatchObject({ port: 4000, rateLimit: true });
    expect(readConfig({ TRACE_PARENTS: 'on' }).traceParents).toBe(true);
  });

  describe('of subgraphs in processes of their own', () => {
    const names = ['accounts', 'catalog', 'orders', 'community', 'social', 'content', 'recommendations'];
    const urls = names.map((name, at) => `${name}=http://127.0.0.1:${4101 + at}`).join(', ');
    const secret = 'x'.repeat(32);

    it('should be addresses of all seven, secrets and how they see the gateway', () => {
      const config = readConfig({
        SUBGRAPH_URLS: urls,
        SUBGRAPH_SECRETS: `${secret},${secret}y`,
        SUBGRAPH_TIMEOUT_MS: '500',
        PUBLIC_URL: 'https://shop.example.com/',
        TRUST_PROXY: 'on',
      });
      expect(config).toMatchObject({
        subgraphSecrets: [secret, `${secret}y`],
        subgraphTimeoutMs: 500,
        publicUrl: 'https://shop.example.com',
        proxies: 1,
      });
      expect(config.subgraphUrls).toEqual(
        Object.fromEntries(names.map((name, at) => [name, `http://127.0.0.1:${4101 + at}`])),
      );
    });

    it('should name every fault at once and repeat no secret', () => {
      const faults = () =>
        readConfig({
          SUBGRAPH_URLS: 'accounts=http://a:1/graphql,accounts=http://a:1,shop=http://b:2,catalog,orders=ftp://c',
          SUBGRAPH_SECRETS: 'too-short',
          SUBGRAPH_TIMEOUT_MS: '0',
          PUBLIC_URL: 'shop.example.com',
          TRUST_PROXY: 'perhaps',
        });
      let found: readonly string[] = [];
      try {
        faults();
      } catch (error) {
        found = error instanceof ConfigError ? error.faults : [];
      }
      expect(found).toEqual([
        'SUBGRAPH_URLS needs for accounts an address like http://127.0.0.1:4101, without a path',
        'SUBGRAPH_URLS names accounts twice',
        'SUBGRAPH_URLS names shop, which is no subgraph',
        'SUBGRAPH_URLS must be entries like accounts=http://127.0.0.1:4101, joined by commas',
        'SUBGRAPH_URLS needs for orders an address like http://127.0.0.1:4101, without a path',
        'SUBGRAPH_URLS lacks catalog, community, social, content, recommendations: name all 7 subgraphs or none',
        'SUBGRAPH_SECRETS must be secrets of at least 32 characters (openssl rand -base64 32)',
        'SUBGRAPH_TIMEOUT_MS must be between 100 and 60000',
        'PUBLIC_URL must be like https://shop.example.com, without a path',
        'TRUST_PROXY must be off, on (one proxy) or the number of proxies, at most 9',
      ]);
      expect(found.join()).not.toContain('too-short');
    });
  });
});
