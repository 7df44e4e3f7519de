import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock/clock';
import { type CallContext, readContext, writeContext } from './call-context';
import { NonceMemory } from './nonce-memory';
import { type Call, isTimely, type KeyRing, type Seal } from './signature';

const HEADERS = {
  time: 'x-kaituan-time',
  nonce: 'x-kaituan-nonce',
  context: 'x-kaituan-context',
  signature: 'x-kaituan-signature',
} as const;

/** Why a call was refused: for the log of the subgraph; the caller learns only that it was. */
export type CallRefusal = 'unsigned' | 'wrong time' | 'wrong signature' | 'replayed';

/** Signs the calls of one process. */
export class CallSigner {
  // Unique, not secret: a prefix of this process and a count cost less than dice for every call.
  private readonly prefix = randomBytes(9).toString('base64url');
  private count = 0;

  constructor(
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  seal(call: Call, context: CallContext): Seal {
    this.count += 1;
    const nonce = `${this.prefix}.${this.count.toString(36)}`;
    return this.keys.seal(call, writeContext(context), this.clock.now().getTime(), nonce);
  }
}

/** Judges the calls that reach one subgraph process. */
export class CallVerifier {
  private readonly nonces: NonceMemory;

  constructor(
    private readonly keys: KeyRing,
    private readonly audience: string,
    private readonly clock: Clock,
  ) {
    this.nonces = new NonceMemory(clock.now().getTime());
  }

  /** What can be said before the body is there: spares reading what is refused anyway. */
  glance(seal: Seal | null): CallRefusal | null {
    if (!seal) return 'unsigned';
    return isTimely(seal, this.clock.now().getTime()) ? null : 'wrong time';
  }

  /** The context of a genuine call, each once; else why it is refused. */
  open(call: Omit<Call, 'audience'>, seal: Seal | null): CallContext | CallRefusal {
    const refusal = this.glance(seal);
    if (refusal || !seal) return refusal ?? 'unsigned';
    if (!this.keys.isGenuine({ ...call, audience: this.audience }, seal)) return 'wrong signature';
    const fresh = this.nonces.accept(seal.nonce, Number(seal.time), this.clock.now().getTime());
    return fresh ? readContext(seal.context) : 'replayed';
  }
}

export function headersOf(seal: Seal): Record<string, string> {
  return {
    [HEADERS.time]: seal.time,
    [HEADERS.nonce]: seal.nonce,
    [HEADERS.context]: seal.context,
    [HEADERS.signature]: seal.signature,
  };
}

/** Null when a header is missing or repeated. */
export function sealOf(headers: IncomingHttpHeaders): Seal | null {
  const { [HEADERS.time]: time, [HEADERS.nonce]: nonce } = headers;
  const { [HEADERS.context]: context, [HEADERS.signature]: signature } = headers;
  return sealFrom({ time, nonce, context, signature });
}

/** The seal in a socket message; null for anything else. */
export function sealFrom(value: unknown): Seal | null {
  if (value === null || typeof value !== 'object') return null;
  const { time, nonce, context, signature } = value as Readonly<Record<string, unknown>>;
  if (typeof time !== 'string' || typeof nonce !== 'string') return null;
  if (typeof context !== 'string' || typeof signature !== 'string') return null;
  return { time, nonce, context, signature };
}
