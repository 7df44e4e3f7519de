import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { errorFields, type Log } from '../../platform/logging/log';
import { clientError, errorBody, internalError } from '../client-errors';
import { LIMITS } from '../limits/limits';
import { type GatewayTelemetry, observeRequest } from '../operations/request-telemetry';
import { sendExplorer, wantsHtml } from './explorer';
import { newRequestId } from './request-id';
import { SECURITY_HEADERS } from './security-headers';

/** The head and body of a request must arrive within this time: a slow sender does not hold a connection open. */
const REQUEST_MS = 30_000;
/** Longer than usual for the balancers in front, so that they close an idle connection first. */
const KEEP_ALIVE_MS = 72_000;

/**
 * The HTTP server with what holds for every route: ids, headers, refusals in one shape, one log line a request.
 * `first` may take a request before any of it, and then answers it alone, also while the server stops.
 */
export function createHttpServer(
  log: Log,
  proxies: number,
  isStopping: () => boolean,
  first: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
  telemetry: GatewayTelemetry | null = null,
): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: LIMITS.bodyBytes,
    genReqId: newRequestId,
    trustProxy: (_address, hop) => hop < proxies,
    forceCloseConnections: 'idle',
    serverFactory: (route) =>
      createServer({ requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
        if (telemetry) observeRequest(telemetry, request, response);
        if (!first(request, response)) route(request, response);
      }),
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
  });
  app.addHook('onSend', async (_request, reply) => {
    // A connection kept open after its answer would hold up the stop.
    if (isStopping()) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (reply.statusCode >= 500) log.warn(fields, 'Answered.');
    else log.debug(fields, 'Answered.');
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(errorBody(clientError('NOT_FOUND', 'There is nothing here; the API is at /graphql.'))),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return reply.code(status).send(errorBody(clientError('BAD_USER_INPUT', refusalOf(error))));
    }
    log.error({ ...errorFields(error), requestId: request.id }, 'A request failed.');
    return reply.code(500).send(errorBody(internalError(request.id)));
  });
  return app;
}

export function registerFrontPage(app: FastifyInstance, explorer: boolean): void {
  app.get('/', async (request, reply) => {
    if (explorer && wantsHtml(request)) return sendExplorer(request, reply);
    return { graphql: '/graphql', ready: '/readyz', live: '/livez' };
  });
}

function refusalOf(error: FastifyError): string {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `A request body may have at most ${LIMITS.bodyBytes} bytes.`;
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'Send the request as application/json.';
    default:
      return 'The request body is not valid JSON.';
  }
}

/**
 * How many connections may wait to be taken. Thousands press the same button in the same second: with Node's 511 the
 * rest would retry for seconds, and clients give up on connecting after ten. The system may lower it (somaxconn).
 */
const BACKLOG = 8192;

/** Listens, or rejects with what to do about it. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    throw new Error(listenFault(error, host, port), { cause: error });
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no network address.');
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${name}:${address.port}`;
}

function listenFault(error: unknown, host: string, port: number): string {
  const { code, message = String(error) } = (error ?? {}) as { code?: unknown; message?: string };
  if (code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is taken. Stop the program that uses it, or start with another port: PORT=${port + 1}.`;
  }
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this process has. Use PORT=4000 or another port above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${host} is not an address of this machine. Use HOST=127.0.0.1 for this machine only, HOST=0.0.0.0 for all.`;
  }
  return `The server cannot listen on ${host}:${port}: ${message}`;
}
