import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** How far the clocks of two processes may be apart, in milliseconds, before their calls are refused. */
export const WINDOW_MS = 30_000;

const VERSION = 'v1';
const NONCE = /^[\w.-]{8,64}$/;
const TIME = /^\d{1,15}$/;

/** The part of a call that a signature covers beside its seal. */
export interface Call {
  /** The subgraph that is called: what was signed for one is worth nothing at another. */
  readonly audience: string;
  /** "POST" for a request, "CONNECT" and "SUBSCRIBE" for the two signed messages of a socket. */
  readonly method: string;
  readonly path: string;
  readonly body: string | Uint8Array;
}

/** What travels beside a call: when, the number used once, for whom it is made, and the signature over all of it. */
export interface Seal {
  /** Milliseconds since 1970, in decimal digits. */
  readonly time: string;
  readonly nonce: string;
  /** The context envelope as text that fits into a header. */
  readonly context: string;
  /** "v1=" and an HMAC-SHA256 in base64url. */
  readonly signature: string;
}

/** The secrets of an installation: signs with the first, accepts any, so that a secret can be replaced without a gap. */
export class KeyRing {
  private readonly keys: readonly [KeyObject, ...KeyObject[]];

  constructor(secrets: readonly string[]) {
    const [first, ...others] = secrets.map((secret) => createSecretKey(secret, 'utf8'));
    if (!first) throw new Error('Calls to subgraphs need at least one secret.');
    this.keys = [first, ...others];
  }

  seal(call: Call, context: string, now: number, nonce: string): Seal {
    const time = String(now);
    return { time, nonce, context, signature: sign(this.keys[0], textOf(call, time, nonce, context)) };
  }

  /** Whether one of the secrets made this signature over exactly this call. */
  isGenuine(call: Call, { time, nonce, context, signature }: Seal): boolean {
    const presented = Buffer.from(signature);
    const text = textOf(call, time, nonce, context);
    return this.keys.some((key) => {
      const expected = Buffer.from(sign(key, text));
      return expected.length === presented.length && timingSafeEqual(expected, presented);
    });
  }
}

/** Whether time and nonce have their form and the time is within the window around now. */
export function isTimely({ time, nonce }: Pick<Seal, 'time' | 'nonce'>, now: number): boolean {
  return TIME.test(time) && NONCE.test(nonce) && Math.abs(now - Number(time)) <= WINDOW_MS;
}

function sign(key: KeyObject, text: string): string {
  return `${VERSION}=${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** No part can hold a line break (a path, digits, names and base64url), so two different calls never read the same. */
function textOf({ audience, method, path, body }: Call, time: string, nonce: string, context: string): string {
  const digest = createHash('sha256').update(body).digest('base64url');
  return `${VERSION}\n${audience}\n${method}\n${path}\n${time}\n${nonce}\n${context}\n${digest}`;
}
