import type { FastifyInstance } from 'fastify';
import { LIMITS } from '../limits/limits';

/** Receives a provider's call with the exact bytes that were signed. */
export type WebhookReceiver = (
  provider: string,
  headers: Record<string, string>,
  rawBody: Buffer,
  requestId: string,
) => Promise<{ status: number; body: unknown }>;

/** `POST /webhooks/payments/:provider`: providers sign bytes, so this corner of the server parses nothing. */
export function registerWebhooks(app: FastifyInstance, receive: WebhookReceiver): void {
  app.register(async (corner) => {
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
