import { type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { errorFields, type Log } from '../../platform/logging/log';
import type { Authenticator } from '../authenticator';
import { clientError, internalError, throttled } from '../client-errors';
import { LIMITS } from '../limits/limits';
import type { RateLimit } from '../limits/rate-limit';
import type { LiveHub } from './live-hub';
import type { LiveOperations } from './live-operation';
import { DeliveryFailed, SocketDelivery } from './socket-delivery';
import type { SocketSession } from './socket-session';
import { SubscriptionRefused } from './subscription-document';

export interface ProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly operations: LiveOperations;
  readonly hub: LiveHub;
  readonly authenticator: Authenticator;
  readonly rateLimit: RateLimit;
  readonly log: Log;
}

/** The extra of every graphql-ws context. */
export interface SocketExtra {
  readonly session: SocketSession;
}

/** The graphql-transport-ws protocol is graphql-ws's; who may subscribe to what, and how answers flow, is ours. */
export function subscriptionProtocol(options: ProtocolOptions): Server<SocketExtra> {
  const { hub, log, operations } = options;
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: LIMITS.initMs,
    onConnect: ({ extra, connectionParams }) =>
      extra.session.authenticate(connectionParams ?? {}, options.authenticator, log),

    // An error thrown here would close the socket with all its subscriptions, so each is answered instead.
    async onSubscribe({ extra: { session }, subscriptions }, id, payload) {
      const caller = session.caller();
      try {
        const wait = await options.rateLimit.count(session.from.address);
        if (wait > 0) return [throttled(wait)];
        if (Object.keys(subscriptions).length > LIMITS.subscriptionsPerSocket) return [tooMany()];
        const operation = operations.prepare(payload.query, nameOf(payload), payload.variables ?? {}, caller);
        const delivery = new SocketDelivery(id, operation, hub, session.outbox);
        return { schema: options.schema, document: SUBSCRIPTION, contextValue: delivery };
      } catch (error) {
        if (error instanceof SubscriptionRefused) return error.errors;
        log.error({ ...errorFields(error), requestId: caller.requestId }, 'A subscription could not be prepared.');
        return [internalError(caller.requestId)];
      }
    },
    subscribe: ({ contextValue }) => contextValue as SocketDelivery,
    onError: (_context, _id, _payload, errors) => errors.flatMap(visibleErrors).map((error) => error.toJSON()),
  });
}

/** What graphql-ws looks at to know that an operation is a subscription; the real one is inside the delivery. */
const SUBSCRIPTION = parse('subscription { delivery }');

function nameOf({ operationName }: SubscribePayload): string | undefined {
  return operationName ?? undefined;
}

function tooMany(): GraphQLError {
  return clientError('THROTTLED', `A socket carries at most ${LIMITS.subscriptionsPerSocket} subscriptions.`, {
    limit: 'subscriptionsPerSocket',
    maximum: LIMITS.subscriptionsPerSocket,
  });
}

/** graphql-ws wraps what a subscription threw; inside are the errors meant for the client. */
function visibleErrors(error: GraphQLError): readonly GraphQLError[] {
  return error.originalError instanceof DeliveryFailed ? error.originalError.errors : [error];
}
