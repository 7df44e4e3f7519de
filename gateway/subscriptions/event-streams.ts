import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ANONYMOUS } from '../../platform/context/identity';
import { errorFields } from '../../platform/logging/log';
import { type Credentials, type Identified, isAuthenticationError } from '../authenticator';
import { type Caller, languagesOf } from '../caller';
import { type ClientErrorCode, clientError, errorBody, internalError, throttled } from '../client-errors';
import { allowOrigin, allowPreflight } from '../http/cors';
import { LIMITS } from '../limits/limits';
import { atTime } from './at-time';
import { EventStream } from './event-stream';
import type { LiveOperation } from './live-operation';
import { type Position, positionOfEventId, resumeOf } from './live-position';
import type { LiveSurroundings } from './live-surroundings';
import { isUnreachable } from './live-upstream';
import { noPosition } from './protocol';
import { readStreamRequest, type StreamRequest } from './stream-request';
import { SubscriptionRefused } from './subscription-document';

/** When a full house is worth another try, in seconds. */
const RETRY_AFTER = '5';
const AWAY = 'It cannot be told now who you are. Try again in a moment.';

/**
 * Subscriptions as server-sent events, for players and proxies that let no WebSocket through: GraphQL over SSE in its
 * distinct connections mode, one subscription a request. graphql-sse's own handler queues without bound behind a slow
 * reader and writes each result for each client, so only its protocol is used here; its client is what tests speak.
 */
export class EventStreams {
  private readonly streams = new Set<EventStream>();
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly path: string,
    private readonly around: LiveSurroundings,
  ) {
    this.heartbeat = setInterval(() => {
      for (const stream of this.streams) stream.beat();
    }, LIMITS.heartbeatMs);
    this.heartbeat.unref();
  }

  register(app: FastifyInstance): void {
    const url = this.path;
    app.options(url, async (request, reply) => {
      const wait = await this.around.rateLimit.count(request.ip);
      if (wait > 0) return this.crowded(reply, 429, String(wait));
      await this.originOf(request, reply);
      if (reply.hasHeader('access-control-allow-origin') && request.headers['access-control-request-method']) {
        allowPreflight(reply);
        const allowed = String(reply.getHeader('access-control-allow-headers') ?? '');
        reply.header('access-control-allow-headers', `${allowed}, last-event-id`);
      }
      return reply.code(204).send();
    });
    app.route({
      method: ['GET', 'POST'],
      url,
      bodyLimit: LIMITS.messageBytes,
      exposeHeadRoute: false,
      handler: (request, reply) => this.answer(request, reply),
    });
  }

  /** Ends every stream; the clients come back by themselves, to another process or to this one after its restart. */
  stop(): void {
    clearInterval(this.heartbeat);
    for (const stream of this.streams) stream.cut();
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      return await this.admit(request, reply);
    } catch (error) {
      if (reply.sent || !isUnreachable(error)) throw error;
      // Whoever knows who people are is away, which says nothing about the credentials.
      this.around.log.warn(errorFields(error), 'An event stream could not be authenticated now.');
      reply.header('retry-after', RETRY_AFTER);
      return refuse(reply, 503, 'SUBGRAPH_UNAVAILABLE', AWAY);
    }
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const wait = await this.around.rateLimit.count(request.ip);
    if (wait > 0) {
      const { origin, host } = request.headers;
      const known = this.around.origins.recall(origin, host);
      if (origin !== undefined && (known === 'LISTED' || known === 'SAME')) allowOrigin(reply, origin);
      return this.crowded(reply, 429, String(wait));
    }
    const verdict = await this.originOf(request, reply);
    if (verdict === 'REFUSED') return refuse(reply, 403, 'FORBIDDEN', 'This site is not listed by the key it uses.');
    if (!acceptsEvents(request.headers.accept)) {
      return refuse(reply, 406, 'BAD_USER_INPUT', 'This is an event stream: send Accept: text/event-stream.');
    }
    const asked = readStreamRequest(request);
    if (typeof asked === 'string') return refuse(reply, 400, 'BAD_USER_INPUT', asked);

    const credentials = credentialsOf(request, asked);
    const who = await this.identify(credentials);
    if (typeof who === 'string') return refuse(reply, 401, 'UNAUTHENTICATED', who);
    if (verdict === 'LISTED' && credentials.storefrontKey !== undefined && !who.originAllowed) {
      reply.removeHeader('access-control-allow-origin');
      return refuse(reply, 403, 'FORBIDDEN', 'This site is not listed by the key it uses.');
    }
    const seat = this.around.connections.enter(request.ip);
    if (seat === 'PROCESS') return this.crowded(reply, 503, RETRY_AFTER);
    if (seat === 'ADDRESS') return this.crowded(reply, 429, RETRY_AFTER);
    if (credentials.storefrontKey !== undefined && !seat.claimKey(credentials.storefrontKey)) {
      seat.leave();
      return this.crowded(reply, 429, RETRY_AFTER);
    }
    const ends = [seat.leave];
    try {
      const stream = this.open(reply, ends);
      const admission = { identity: who.identity, credentials, listedOrigin: verdict === 'LISTED' };
      const cut = (): void => {
        this.around.counters.expired += 1;
        stream.cut();
      };
      ends.push(this.around.watch.watch(admission, { credentialsEnded: cut }));
      if (who.expiresAt) ends.push(atTime(who.expiresAt, this.around.clock, cut));
      ends.push(this.follow(stream, request, asked, who));
    } finally {
      // The reader may be gone before there was anything to undo.
      if (reply.raw.destroyed) for (const end of ends.splice(0)) end();
    }
    return reply;
  }

  /** From here on the response is ours: Fastify neither writes to it nor ends it. */
  private open(reply: FastifyReply, ends: (() => void)[]): EventStream {
    const { counters } = this.around;
    const { raw } = reply;
    const stream = new EventStream(raw, counters);
    this.streams.add(stream);
    counters.streams += 1;
    ends.push(() => {
      this.streams.delete(stream);
      counters.streams -= 1;
    });
    raw.once('close', () => {
      for (const end of ends.splice(0)) end();
    });
    reply.hijack();
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // nginx would collect the events into blocks.
      'x-accel-buffering': 'no',
    });
    // A whole event is written at once: waiting for more to send with it only delays it.
    raw.socket?.setNoDelay(true);
    stream.begin();
    return stream;
  }

  private follow(stream: EventStream, request: FastifyRequest, asked: StreamRequest, who: Identified): () => void {
    const resume = resumePoint(request, asked);
    if (resume === null) {
      stream.fail([noPosition()]);
      return () => undefined;
    }
    const caller: Caller = {
      identity: who.identity,
      requestId: `sub_${randomUUID().replaceAll('-', '')}`,
      languages: languagesOf(request.headers['accept-language']),
    };
    let operation: LiveOperation;
    try {
      operation = this.around.operations.prepare({ ...asked, caller, key: who.key, address: request.ip });
    } catch (error) {
      if (error instanceof SubscriptionRefused) {
        stream.fail(error.errors);
      } else {
        this.around.log.error(
          { ...errorFields(error), requestId: caller.requestId },
          'A subscription could not be prepared.',
        );
        stream.fail([internalError(caller.requestId)]);
      }
      return () => undefined;
    }
    return this.around.hub.follow(operation, stream, resume);
  }

  private async originOf(request: FastifyRequest, reply: FastifyReply) {
    reply.header('vary', 'Origin, Accept, Accept-Language');
    const { origin, host } = request.headers;
    const verdict = await this.around.origins.judge(origin, host);
    if (origin !== undefined && (verdict === 'LISTED' || verdict === 'SAME')) allowOrigin(reply, origin);
    return verdict;
  }

  /** The refusal's words for credentials that are not valid. */
  private async identify(credentials: Credentials): Promise<Identified | string> {
    if (credentials.authorization === undefined && credentials.storefrontKey === undefined) {
      return { identity: ANONYMOUS, originAllowed: false };
    }
    try {
      return await this.around.authenticator.identify(credentials);
    } catch (error) {
      if (!isAuthenticationError(error)) throw error;
      return error.message;
    }
  }

  private crowded(reply: FastifyReply, status: 429 | 503, retryAfter: string): FastifyReply {
    this.around.counters.refused += 1;
    return reply
      .code(status)
      .header('retry-after', retryAfter)
      .send(errorBody(throttled(Number(retryAfter))));
  }
}

function credentialsOf(request: FastifyRequest, asked: StreamRequest): Credentials {
  const { authorization, origin, 'x-storefront-key': header } = request.headers;
  const storefrontKey = (Array.isArray(header) ? header[0] : header) ?? asked.storefrontKey;
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(storefrontKey === undefined ? {} : { storefrontKey }),
    ...(origin === undefined ? {} : { origin }),
  };
}

/** Browsers send Last-Event-ID when they come back: it is newer than what the page asked for at first. */
function resumePoint(request: FastifyRequest, { extensions }: StreamRequest): Position | null | undefined {
  const last = request.headers['last-event-id'];
  return positionOfEventId(Array.isArray(last) ? last[0] : last) ?? resumeOf(extensions);
}

function acceptsEvents(accept: string | undefined): boolean {
  return accept === undefined || /text\/event-stream|text\/\*|\*\/\*/i.test(accept);
}

function refuse(reply: FastifyReply, status: number, code: ClientErrorCode, message: string): FastifyReply {
  return reply.code(status).send(errorBody(clientError(code, message)));
}
