import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';
import { ANONYMOUS } from '../../platform/context/identity';
import { type Authenticator, isAuthenticationError } from '../authenticator';
import { type Caller, languagesOf } from '../caller';
import { clientError, errorBody, throttled } from '../client-errors';
import type { RateLimit } from '../limits/rate-limit';
import type { Origins } from '../origins';
import type { HttpContext } from './apollo-server';
import { allowOrigin, allowPreflight } from './cors';
import { sendExplorer, wantsHtml } from './explorer';

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<HttpContext>;
  readonly authenticator: Authenticator;
  readonly origins: Origins;
  readonly rateLimit: RateLimit;
  readonly explorer: boolean;
}

/** `/graphql` by HTTP: the explorer for browsers, preflights, and GraphQL behind origin, rate and identity checks. */
export function registerGraphql(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const callers = new WeakMap<object, Caller>();
  const callerOf = (request: { readonly id: string }): Caller =>
    callers.get(request) ?? { identity: ANONYMOUS, requestId: request.id, languages: [] };

  app.register(async (route) => {
    route.addHook('onRequest', async (request, reply) => {
      reply.header('vary', 'Origin, Accept, Accept-Language');
      const { origin, host } = request.headers;
      const verdict = await options.origins.judge(origin, host);
      if (origin !== undefined && (verdict === 'LISTED' || verdict === 'SAME')) allowOrigin(reply, origin);
      if (request.method === 'OPTIONS') return;

      const wait = await options.rateLimit.count(request.ip);
      if (wait > 0)
        return reply
          .code(429)
          .header('retry-after', wait)
          .send(errorBody(throttled(wait)));
      if (verdict === 'REFUSED') return refuseOrigin(reply);
      if (options.explorer && wantsHtml(request)) return;

      const { authorization, 'x-storefront-key': key } = request.headers;
      const storefrontKey = Array.isArray(key) ? key[0] : key;
      const languages = languagesOf(request.headers['accept-language']);
      if (authorization === undefined && storefrontKey === undefined) {
        callers.set(request, { identity: ANONYMOUS, requestId: request.id, languages });
        return;
      }
      try {
        const identified = await options.authenticator.identify({
          ...(authorization === undefined ? {} : { authorization }),
          ...(storefrontKey === undefined ? {} : { storefrontKey }),
          ...(origin === undefined ? {} : { origin }),
        });
        // A key speaks only for the sites it lists; a person's token may come from any listed site.
        if (verdict === 'LISTED' && storefrontKey !== undefined && !identified.originAllowed)
          return refuseOrigin(reply);
        callers.set(request, { identity: identified.identity, requestId: request.id, languages });
      } catch (error) {
        if (!isAuthenticationError(error)) throw error;
        return reply.code(401).send(errorBody(clientError('UNAUTHENTICATED', error.message)));
      }
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
      preHandler: async (request, reply) => {
        if (options.explorer && wantsHtml(request)) return sendExplorer(request, reply);
      },
      handler: fastifyApolloHandler(options.apollo, {
        context: async (request) => ({ caller: callerOf(request) }),
      }) as RouteHandlerMethod,
    });
  });
}

function refuseOrigin(reply: FastifyReply): FastifyReply {
  reply.removeHeader('access-control-allow-origin');
  return reply.code(403).send(errorBody(clientError('FORBIDDEN', 'This site is not listed by the key it uses.')));
}
