import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { ApolloServer } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import { errorFields, type Log } from '../../platform/logging/log';
import { clientError, errorBody, internalError } from '../client-errors';
import type { KnownDocument, KnownDocuments } from '../documents/known-documents';
import { clientAddress } from '../limits/address';
import { traceparentOf } from '../operations/request-telemetry';
import { answerByApollo, surroundingsOf, wantsFresh } from './apollo-lane';
import type { HttpContext } from './apollo-server';
import { CORS_ANSWER } from './cors';
import type { Admission, Entrance, Visitor } from './entrance';
import { type Envelope, readEnvelope, readSearch } from './envelope';
import { bodyOf, cacheControlOf, type HttpOperations, type Outcome } from './http-operations';
import { JSON_TYPE } from './media-type';
import { type OrdinaryRequest, ordinaryRequest } from './ordinary-request';
import type { PersistedQueries } from './persisted-queries';
import { newRequestId } from './request-id';
import { GRAPHQL_VARY, SECURITY_HEADERS } from './security-headers';

export interface HotLaneOptions {
  readonly entrance: Entrance;
  readonly documents: KnownDocuments;
  readonly operations: HttpOperations;
  readonly persisted: PersistedQueries;
  readonly apollo: ApolloServer<HttpContext>;
  /** Parses JSON and throws for what could poison prototypes. */
  readonly parseJson: (text: string) => unknown;
  readonly log: Log;
  readonly proxies: number;
  readonly isStopping: () => boolean;
}

const BASE_HEADERS: readonly string[] = [...Object.entries(SECURITY_HEADERS).flat(), 'vary', GRAPHQL_VARY];
/** Names, written out or escaped, for which a body gets the slower reading. */
const POISON = /__proto__|constructor|\\u00|^\uFEFF/i;
const NOT_JSON = errorBody(clientError('BAD_USER_INPUT', 'The request body is not valid JSON.'));

/**
 * Answers ordinary GraphQL requests straight from Node's HTTP server: no routing, no hooks, the body parsed once, the
 * document looked up by its text, the answer written once. What it does not recognise by the head it leaves to Fastify;
 * what it does not recognise by the body it hands to Apollo Server. Clients cannot tell the lanes apart.
 */
export class HotLane {
  constructor(private readonly options: HotLaneOptions) {}

  /** Takes the request, or answers false and leaves it untouched. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const ordinary = ordinaryRequest(request);
    if (!ordinary) return false;
    new Exchange(request, response, this.options).run(ordinary).catch((error: unknown) => {
      this.options.log.error(errorFields(error), 'An answer could not be written.');
      response.destroy();
    });
    return true;
  }
}

/** One request and its answer. */
class Exchange {
  private readonly requestId = newRequestId();
  private readonly startedAt = performance.now();
  private allowedOrigin: string | null = null;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly options: HotLaneOptions,
  ) {}

  async run(ordinary: OrdinaryRequest): Promise<void> {
    try {
      // Listening before anything is awaited: the body usually came with the head.
      const received = ordinary.search === null ? bodyTextOf(this.request) : null;
      const { allowedOrigin, outcome } = await this.admit();
      this.allowedOrigin = allowedOrigin;
      if ('refusal' in outcome) {
        const { status, error, retryAfter } = outcome.refusal;
        const wait = retryAfter === undefined ? [] : ['retry-after', String(retryAfter)];
        return this.write(status, JSON_TYPE, JSON.stringify(errorBody(error)), wait);
      }
      if (ordinary.search !== null) return await this.answerSearch(ordinary.search, ordinary, outcome.visitor);
      const text = await received;
      // The client went away before it had said everything.
      if (text === null) return;
      return await this.answerBody(text, ordinary, outcome.visitor);
    } catch (error) {
      this.options.log.error({ ...errorFields(error), requestId: this.requestId }, 'A request failed.');
      this.write(500, JSON_TYPE, JSON.stringify(errorBody(internalError(this.requestId))), []);
    }
  }

  private admit(): Promise<Admission> {
    const { request, requestId } = this;
    return this.options.entrance.admit({
      method: request.method,
      headers: request.headers,
      address: clientAddress(request, this.options.proxies),
      requestId,
      traceparent: traceparentOf(request),
    });
  }

  private async answerBody(received: string, ordinary: OrdinaryRequest, visitor: Visitor): Promise<void> {
    let body: unknown;
    try {
      body = POISON.test(received) ? this.options.parseJson(received) : JSON.parse(received);
    } catch {
      return this.write(400, JSON_TYPE, JSON.stringify(NOT_JSON), []);
    }
    const envelope = readEnvelope(body);
    const text = envelope && this.textOf(envelope);
    if (!envelope || text === undefined || text === null) return this.hand(body, '', visitor);
    return this.answer(this.options.documents.read(text), envelope, ordinary, visitor);
  }

  private async answerSearch(search: string, ordinary: OrdinaryRequest, visitor: Visitor): Promise<void> {
    const envelope = readSearch(search);
    const text = envelope && this.textOf(envelope);
    if (!envelope || text === undefined || text === null) return this.hand(undefined, search, visitor);
    const known = this.options.documents.read(text);
    const type = known.operation(envelope.operationName)?.type;
    if (type !== OperationTypeNode.QUERY) return this.hand(undefined, search, visitor);
    return this.answer(known, envelope, ordinary, visitor);
  }

  private textOf({ query, persistedId }: Envelope): string | undefined {
    return query ?? (persistedId === undefined ? undefined : this.options.persisted.find(persistedId));
  }

  private async answer(
    known: KnownDocument,
    envelope: Envelope,
    { responseType, search }: OrdinaryRequest,
    visitor: Visitor,
  ): Promise<void> {
    const { headers } = this.request;
    const outcome = await this.options.operations.run({
      known,
      operationName: envelope.operationName,
      variables: envelope.variables,
      visitor,
      surroundings: surroundingsOf(headers),
      fresh: wantsFresh(headers['cache-control']),
    });
    const more = ['cache-control', cacheControlOf(outcome.policy)];
    if (outcome.age !== undefined) more.push('age', String(outcome.age));
    if (outcome.retryAfter !== undefined) more.push('retry-after', String(outcome.retryAfter));
    if (search !== null && outcome.policy) {
      const etag = etagOf(outcome);
      more.push('etag', etag);
      if (headers['if-none-match']?.includes(etag)) return this.write(304, null, '', more);
    }
    this.write(outcome.status, responseType, bodyOf(outcome), more);
  }

  private async hand(body: unknown, search: string, visitor: Visitor): Promise<void> {
    const { method = '', headers } = this.request;
    const answer = await answerByApollo(this.options.apollo, { method, headers, search, body, visitor });
    const more: string[] = [];
    let type = JSON_TYPE;
    for (const [name, value] of answer.headers) {
      if (name === 'content-type') type = value;
      else if (name !== 'content-length') more.push(name, value);
    }
    this.write(answer.status, type, answer.body, more);
  }

  private write(status: number, type: string | null, body: string, more: readonly string[]): void {
    const { response } = this;
    const head = [...BASE_HEADERS, 'x-request-id', this.requestId, ...more];
    if (this.allowedOrigin !== null) {
      head.push('access-control-allow-origin', this.allowedOrigin, ...CORS_ANSWER);
    }
    // A connection kept open after its answer would hold up the stop.
    if (this.options.isStopping()) head.push('connection', 'close');
    if (type !== null) head.push('content-type', type, 'content-length', String(Buffer.byteLength(body)));
    if (!response.destroyed) response.writeHead(status, head).end(body);
    this.log(status);
  }

  private log(status: number): void {
    const { method = '' } = this.request;
    const ms = Math.round(performance.now() - this.startedAt);
    const fields = { requestId: this.requestId, method, route: '/graphql', status, ms };
    if (status >= 500) this.options.log.warn(fields, 'Answered.');
    else this.options.log.debug(fields, 'Answered.');
  }
}

/** The whole body as text; null when the client went away first. Its size was checked against the head. */
function bodyTextOf(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    let first: Buffer | null = null;
    let rest: Buffer[] | null = null;
    request.on('data', (chunk: Buffer) => {
      if (first === null) first = chunk;
      else if (rest === null) rest = [chunk];
      else rest.push(chunk);
    });
    request.on('end', () => resolve(first === null ? '' : (rest ? Buffer.concat([first, ...rest]) : first).toString()));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}

/** Of the data alone: what is said of cost changes with every request. */
function etagOf({ answer }: Outcome): string {
  return `W/"${createHash('sha1')
    .update(answer.data ?? '')
    .digest('base64url')}"`;
}
