import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ANONYMOUS } from '../../platform/context/identity';
import { clientError, errorBody } from '../client-errors';
import { traceparentOf } from '../operations/request-telemetry';
import { answerByApollo } from './apollo-lane';
import type { HttpContext } from './apollo-server';
import { allowOrigin, allowPreflight } from './cors';
import type { Entrance, Visitor } from './entrance';
import { sendExplorer, wantsHtml } from './explorer';
import { GRAPHQL_VARY } from './security-headers';

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<HttpContext>;
  readonly entrance: Entrance;
  readonly explorer: boolean;
}

/** `/graphql` by Fastify: the explorer for browsers, preflights, and what our own lane left to Apollo Server. */
export function registerGraphql(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const visitors = new WeakMap<object, Visitor>();
  const visitorOf = (request: FastifyRequest): Visitor =>
    visitors.get(request) ?? {
      caller: { identity: ANONYMOUS, requestId: request.id, languages: [] },
      address: request.ip,
    };
  const showsExplorer = (request: FastifyRequest): boolean => options.explorer && wantsHtml(request);

  app.register(async (route) => {
    route.addHook('onRequest', async (request, reply) => {
      reply.header('vary', GRAPHQL_VARY);
      const { method, headers, ip: address, id: requestId } = request;
      const arrival = { method, headers, address, requestId, traceparent: traceparentOf(request.raw) };
      const { allowedOrigin, outcome } = await options.entrance.admit(arrival, showsExplorer(request));
      if (allowedOrigin !== null) allowOrigin(reply, allowedOrigin);
      if ('visitor' in outcome) {
        visitors.set(request, outcome.visitor);
        return;
      }
      const { status, error, retryAfter } = outcome.refusal;
      if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
      return reply.code(status).send(errorBody(error));
    });

    route.options('/graphql', async (request, reply) => {
      if (reply.hasHeader('access-control-allow-origin') && request.headers['access-control-request-method']) {
        allowPreflight(reply);
      }
      return reply.code(204).send();
    });

    route.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        if (showsExplorer(request)) return sendExplorer(request, reply);
        const { method, headers, body } = request;
        const questionMark = request.url.indexOf('?');
        const search = questionMark < 0 ? '' : request.url.slice(questionMark);
        const visitor = visitorOf(request);
        const answer = await answerByApollo(options.apollo, { method, headers, search, body, visitor });
        for (const [name, value] of answer.headers) reply.header(name, value);
        return reply.code(answer.status).send(answer.body);
      },
    });

    route.route({
      method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
      url: '/graphql',
      handler: async (_request, reply) =>
        reply
          .code(405)
          .header('allow', 'GET, POST, OPTIONS')
          .send(errorBody(clientError('BAD_USER_INPUT', 'GraphQL is asked by GET and POST.'))),
    });
  });
}
