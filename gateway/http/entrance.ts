import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError } from 'graphql';
import { ANONYMOUS } from '../../platform/context/identity';
import { type Authenticator, isAuthenticationError, type PresentedKey } from '../authenticator';
import { BoundedCache } from '../bounded-cache';
import { type Caller, languagesOf } from '../caller';
import { clientError, throttled } from '../client-errors';
import type { RateLimit } from '../limits/rate-limit';
import type { Origins, OriginVerdict } from '../origins';

/** A request before its body was read. */
export interface Arrival {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly requestId: string;
  /** W3C trace context, when the request is traced. */
  readonly traceparent: string | undefined;
}

/** Who asks, from where, with which key. */
export interface Visitor {
  readonly caller: Caller;
  readonly address: string;
  readonly key?: PresentedKey;
}

export interface Admission {
  /** The origin whose page may read the answer. */
  readonly allowedOrigin: string | null;
  readonly outcome: { readonly visitor: Visitor } | { readonly refusal: EntranceRefusal };
}

export interface EntranceRefusal {
  readonly status: 401 | 403 | 429 | 503;
  readonly error: GraphQLError;
  /** Whole seconds. */
  readonly retryAfter?: number;
}

export interface EntranceOptions {
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  readonly rateLimit: RateLimit;
}

/** Clients of one kind send one header. */
const REMEMBERED_LANGUAGES = 1_000;

/** Origin, rate and identity of a request to `/graphql`, whichever lane it takes. */
export class Entrance {
  private readonly languages = new BoundedCache<string, readonly string[]>(REMEMBERED_LANGUAGES);

  constructor(private readonly options: EntranceOptions) {}

  /** `anonymously` is for pages that show nothing of anybody. Rejects when an identity cannot be established now. */
  async admit(arrival: Arrival, anonymously = false): Promise<Admission> {
    const { headers, address, requestId, traceparent } = arrival;
    const { origin, host } = headers;
    const { origins, rateLimit } = this.options;
    const wait = await rateLimit.count(address);
    if (wait > 0) {
      // A page may read when to come back, where it takes no asking whether it may.
      const allowedOrigin = readableBy(origin, origins.recall(origin, host));
      return { allowedOrigin, outcome: { refusal: { status: 429, error: throttled(wait), retryAfter: wait } } };
    }
    let verdict: OriginVerdict;
    try {
      verdict = await origins.judge(origin, host);
    } catch (error) {
      return { allowedOrigin: null, outcome: { refusal: refusalOf(error) } };
    }
    const allowedOrigin = readableBy(origin, verdict);
    if (verdict === 'REFUSED') return arrival.method === 'OPTIONS' ? nobody(arrival, null) : REFUSED_ORIGIN;
    if (anonymously || arrival.method === 'OPTIONS') return nobody(arrival, allowedOrigin);

    const { authorization, 'x-storefront-key': keys } = headers;
    const storefrontKey = Array.isArray(keys) ? keys[0] : keys;
    const languages = this.languagesOf(headers['accept-language']);
    if (authorization === undefined && storefrontKey === undefined) {
      return nobody(arrival, allowedOrigin, languages);
    }
    try {
      const { identity, originAllowed, key } = await this.options.authenticator.identify({
        ...(authorization === undefined ? {} : { authorization }),
        ...(storefrontKey === undefined ? {} : { storefrontKey }),
        ...(origin === undefined ? {} : { origin }),
      });
      // A key speaks only for the sites it lists; a person's token may come from any listed site.
      if (verdict === 'LISTED' && storefrontKey !== undefined && !originAllowed) return REFUSED_ORIGIN;
      const visitor = { caller: { identity, requestId, languages, traceparent }, address, ...(key ? { key } : {}) };
      return { allowedOrigin, outcome: { visitor } };
    } catch (error) {
      return { allowedOrigin, outcome: { refusal: refusalOf(error) } };
    }
  }

  private languagesOf(header: string | undefined): readonly string[] {
    if (header === undefined) return NO_LANGUAGES;
    const known = this.languages.get(header);
    if (known) return known;
    const languages = languagesOf(header);
    if (header.length <= 256) this.languages.set(header, languages);
    return languages;
  }
}

const NO_LANGUAGES: readonly string[] = [];

const REFUSED_ORIGIN: Admission = {
  allowedOrigin: null,
  outcome: {
    refusal: { status: 403, error: clientError('FORBIDDEN', 'This site is not listed by the key it uses.') },
  },
};

function nobody(
  { requestId, address, traceparent }: Arrival,
  allowedOrigin: string | null,
  languages: readonly string[] = NO_LANGUAGES,
): Admission {
  const caller = { identity: ANONYMOUS, requestId, languages, traceparent };
  return { allowedOrigin, outcome: { visitor: { caller, address } } };
}

function readableBy(origin: string | undefined, verdict: OriginVerdict | null): string | null {
  return origin !== undefined && (verdict === 'LISTED' || verdict === 'SAME') ? origin : null;
}

/** Throws what is a fault of this server. */
function refusalOf(error: unknown): EntranceRefusal {
  const away = unavailable(error);
  if (away) return { status: 503, error: away };
  if (!isAuthenticationError(error)) throw error;
  return { status: 401, error: clientError('UNAUTHENTICATED', error.message) };
}

/** The owner of identities is away or late, which is not the caller's fault. */
function unavailable(error: unknown): GraphQLError | null {
  const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
  if (code !== 'SUBGRAPH_TIMEOUT' && code !== 'SUBGRAPH_UNAVAILABLE') return null;
  return clientError(code, (error as GraphQLError).message);
}
