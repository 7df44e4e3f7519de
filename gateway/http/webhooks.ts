import type { FastifyInstance } from 'fastify';
import { errorBody, throttled } from '../client-errors';
import { LIMITS } from '../limits/limits';
import type { RateLimit } from '../limits/rate-limit';

/** Receives a provider's call with the exact bytes that were signed. */
export type WebhookReceiver = (
  provider: string,
  headers: Record<string, string>,
  rawBody: Buffer,
  requestId: string,
) => Promise<{ status: number; body: unknown }>;

/** `POST /webhooks/payments/:provider`: providers sign bytes, so this corner of the server parses nothing. */
export function registerWebhooks(app: FastifyInstance, receive: WebhookReceiver, rateLimit: RateLimit): void {
  app.register(async (corner) => {
    corner.addHook('onRequest', async (request, reply) => {
      const wait = await rateLimit.count(request.ip);
      if (wait > 0)
        return reply
          .code(429)
          .header('retry-after', wait)
          .send(errorBody(throttled(wait)));
    });
    corner.removeAllContentTypeParsers();
    corner.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LIMITS.bodyBytes }, (_request, body, done) =>
      done(null, body),
    );
    corner.post<{ Params: { provider: string } }>('/webhooks/payments/:provider', async (request, reply) => {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(request.headers)) {
        if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
      }
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const answer = await receive(request.params.provider, headers, rawBody, request.id);
      return reply.code(answer.status).send(answer.body);
    });
  });
}
