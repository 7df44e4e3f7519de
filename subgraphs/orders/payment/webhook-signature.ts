import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { WebhookRejected } from './payment-provider';

const TOLERANCE_MS = 5 * 60_000;

/** Headers of a signed message, by Standard Webhooks (https://www.standardwebhooks.com). `secret` is base64. */
export function signedHeaders(secret: string, id: string, sentAt: Date, body: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, sentAt, body),
  };
}

/**
 * Checks signature and age and answers the message's id. The package's own `verify` reads the system clock, so the
 * age is judged here, by the clock given.
 */
export function verifySignature(
  secret: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  now: Date,
): string {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!id || !timestamp || !signatures) throw new WebhookRejected(401, 'The webhook is not signed.');
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookRejected(401, 'The webhook has no readable timestamp.');
  const sentAt = new Date(Number(timestamp) * 1000);
  const expected = Buffer.from(new Webhook(secret).sign(id, sentAt, body));
  const matches = signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!matches) throw new WebhookRejected(401, 'The signature does not match.');
  if (Math.abs(now.getTime() - sentAt.getTime()) > TOLERANCE_MS) {
    throw new WebhookRejected(401, 'The webhook is too old or from the future.');
  }
  return id;
}
