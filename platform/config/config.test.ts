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
      logLevel: 'info',
      currencyCode: 'HKD',
      seatHoldMinutes: 15,
      sandboxPayments: true,
    });
  });

  it('should close introspection and the sandbox and count requests in production', () => {
    expect(readConfig({ NODE_ENV: 'production' })).toMatchObject({
      introspection: false,
      rateLimit: true,
      costLimit: true,
      sandboxPayments: false,
    });
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

  it('should read an empty variable as not set', () => {
    expect(readConfig({ PORT: '', RATE_LIMIT: 'on' })).toMatchObject({ port: 4000, rateLimit: true });
  });
});
