import { readConfig } from './config';
import { configReport } from './config-report';

describe('the configuration report', () => {
  it('should name every setting in effect', () => {
    const config = readConfig({ PORT: '4100' }, '/srv');
    const report = configReport(config);
    expect(Object.keys(report)).toEqual(Object.keys(config));
    expect(report).toMatchObject({ port: '4100', dataDir: '/srv/.data', mongodbUri: 'not set', rateLimit: 'false' });
  });

  it('should show of addresses only where they point', () => {
    const report = configReport(
      readConfig({
        MONGODB_URI: 'mongodb://user:p%40ss@a.example,b.example:27018/db?authSource=x',
        REDIS_URL: 'rediss://:hunter2@cache.example:6380/1',
      }),
    );
    expect([report['mongodbUri'], report['redisUrl']]).toEqual([
      'mongodb://a.example,b.example:27018',
      'rediss://cache.example:6380',
    ]);
  });

  it('should say of a secret only that there is one', () => {
    const config = { ...readConfig({}), subgraphSecret: 'abc', nested: { apiToken: 'abc', url: 'http://u:p@x/' } };
    expect(configReport(config)).toMatchObject({ subgraphSecret: 'set', nested: 'apiToken=set, url=http://x' });
  });
});
