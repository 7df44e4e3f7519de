import { createHash } from 'node:crypto';
import type { Seen } from './abuse-case';
import { rawExchange } from './doors';

export const ECHO = '{"query":"{ item { id } }"}';
export const PREFLIGHT = { 'apollo-require-preflight': 'yes' };

export interface HttpCase {
  readonly id: string;
  readonly title: string;
  readonly slow?: boolean;
  readonly attempts: readonly (readonly [
    what: string,
    attempt: (url: string) => Promise<Seen>,
    expected: Partial<Omit<Seen, 'text'>>,
  ])[];
}

export const ok = { accepted: true, status: 200 };
export const bad = { accepted: false, status: 400, code: 'BAD_USER_INPUT' };
export const bodyOf = (bytes: number): string => {
  const body = (padding: string): string => `{"query":"{ item { id } }","extensions":{"padding":"${padding}"}}`;
  return body('x'.repeat(bytes - body('').length));
};
export const query = (text: string): string => `/graphql?query=${encodeURIComponent(text)}`;
export const hashed = (text: string, hash: unknown, version: unknown = 1): string =>
  JSON.stringify({ query: text, extensions: { persistedQuery: { version, sha256Hash: hash } } });
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An exchange in bytes; the status is what stands in the first line, 0 when the door just hung up. */
export const raw =
  (head: string, body: string | Buffer = '') =>
  async (url: string): Promise<Seen> => {
    const text = await rawExchange(url, Buffer.concat([Buffer.from(head.replaceAll('\n', '\r\n')), Buffer.from(body)]));
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
    const code = /"code":"(\w+)"/.exec(text)?.[1] ?? null;
    return { accepted: status === 200, status, code, limit: null, text };
  };
