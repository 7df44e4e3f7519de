import type { FastifyReply } from 'fastify';

const ALLOWED_HEADERS = [
  'content-type',
  'authorization',
  'x-storefront-key',
  'apollo-require-preflight',
  'accept-language',
  'x-neighborhood-id',
  'x-channel',
].join(', ');

/** Beside the origin on every answer a page may read. */
export const CORS_ANSWER = ['access-control-expose-headers', 'x-request-id, retry-after'] as const;

/** Lets the page at `origin` read the answer. Credentials travel in headers, never in cookies, so those stay out. */
export function allowOrigin(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin);
  reply.header(...CORS_ANSWER);
}

export function allowPreflight(reply: FastifyReply): void {
  reply.header('access-control-allow-methods', 'GET, POST');
  reply.header('access-control-allow-headers', ALLOWED_HEADERS);
  reply.header('access-control-max-age', '600');
}
