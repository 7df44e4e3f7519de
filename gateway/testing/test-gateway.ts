import { ANONYMOUS, type Identity } from '../../platform/context/identity';
import type { Log } from '../../platform/logging/log';
import { AuthenticationError, type Authenticator, type Identified } from '../authenticator';
import { type Gateway, type GatewayOptions, startGateway } from '../gateway';
import { shopGraph } from './shop-graph';

export const LISTED_ORIGIN = 'https://shop.example.com';
export const OTHER_KEYS_ORIGIN = 'https://other.example.com';
export const FOREIGN_ORIGIN = 'https://evil.example.net';

/** Tokens "account:<id>", "expires:<milliseconds>" and the publishable key "key-1", which lists LISTED_ORIGIN. */
export const testAuthenticator: Authenticator = {
  identify({ authorization, storefrontKey, origin }): Promise<Identified> {
    if (storefrontKey !== undefined && storefrontKey !== 'key-1') return Promise.reject(new AuthenticationError());
    const originAllowed = storefrontKey === 'key-1' && origin === LISTED_ORIGIN;
    const key = storefrontKey ? { key: { keyId: storefrontKey, kind: 'PUBLISHABLE' as const, scopes: [] } } : {};
    if (authorization !== undefined) {
      const [, kind, value = ''] = /^Bearer (\w+):(.+)$/.exec(authorization) ?? [];
      if (kind === 'account') return Promise.resolve({ identity: accountIdentity(value), originAllowed, ...key });
      if (kind === 'expires') {
        const expiresAt = new Date(Date.now() + Number(value));
        return Promise.resolve({ identity: accountIdentity('brief'), expiresAt, originAllowed });
      }
      return Promise.reject(new AuthenticationError());
    }
    const identity: Identity = storefrontKey ? { kind: 'app', keyId: storefrontKey, scopes: [] } : ANONYMOUS;
    return Promise.resolve({ identity, originAllowed, ...key });
  },
  isOriginListed: (origin) => Promise.resolve([LISTED_ORIGIN, OTHER_KEYS_ORIGIN].includes(origin)),
};

function accountIdentity(accountId: string): Identity {
  return { kind: 'account', accountId, sessionId: 'session', roles: ['CUSTOMER'] };
}

export interface LoggedLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export function recordingLog(lines: LoggedLine[]): Log {
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push({ level, fields, message });
  };
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
}

export interface TestGateway {
  readonly gateway: Gateway;
  readonly lines: LoggedLine[];
  post(body: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[];
  };
}

export async function startTestGateway(options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  const lines: LoggedLine[] = [];
  const gateway = await startGateway({
    endpoints: options.endpoints ?? shopGraph().endpoints,
    host: '127.0.0.1',
    port: 0,
    authenticate: testAuthenticator,
    log: recordingLog(lines),
    introspection: true,
    explorer: true,
    rateLimit: false,
    production: false,
    webhooks: () => Promise.resolve({ status: 404, body: {} }),
    readiness: () => Promise.resolve({ database: 'up' }),
    ...options,
  });
  return {
    gateway,
    lines,
    async post(body, headers = {}) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as TestAnswer['body'],
      };
    },
  };
}
