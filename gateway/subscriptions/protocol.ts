import { type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import { errorFields } from '../../platform/logging/log';
import { clientError, internalError, throttled } from '../client-errors';
import { LIMITS } from '../limits/limits';
import { resumeOf } from './live-position';
import type { LiveSurroundings } from './live-surroundings';
import { DeliveryFailed, SocketDelivery } from './socket-delivery';
import type { SocketSession } from './socket-session';
import { SubscriptionRefused } from './subscription-document';

/** The extra of every graphql-ws context. */
export interface SocketExtra {
  readonly session: SocketSession;
}

/** The graphql-transport-ws protocol is graphql-ws's; who may subscribe to what, and how answers flow, is ours. */
export function subscriptionProtocol(schema: GraphQLSchema, around: LiveSurroundings): Server<SocketExtra> {
  const { clock, counters, hub, log, operations } = around;
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: LIMITS.initMs,
    // A newcomer to a running topic is given a state as old as its last change; countdowns need the time of now.
    onConnect: async ({ extra, connectionParams }) =>
      (await extra.session.authenticate(connectionParams ?? {})) && { serverTime: clock.now().toISOString() },

    // An error thrown here would close the socket with all its subscriptions, so each is answered instead.
    async onSubscribe({ extra: { session }, subscriptions }, id, payload) {
      const caller = session.caller();
      try {
        const rateLimit = operations.isPlanned(payload) ? around.subscriptionRateLimit : around.rateLimit;
        const wait = await rateLimit.count(session.from.address);
        const crowded = Object.keys(subscriptions).length > LIMITS.subscriptionsPerSocket;
        if (wait > 0 || crowded) counters.refused += 1;
        if (wait > 0) return [throttled(wait)];
        if (crowded) return [tooMany()];
        if (id.length > LIMITS.subscriptionIdCharacters) return [longId()];
        const resume = resumeOf(payload.extensions);
        if (resume === null) return [noPosition()];
        const operation = operations.prepare({
          ...payload,
          caller,
          key: session.key,
          address: session.from.address,
        });
        const delivery = new SocketDelivery(id, operation, hub, session.outbox, resume);
        return { schema, document: SUBSCRIPTION, contextValue: delivery };
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

function tooMany(): GraphQLError {
  return clientError('THROTTLED', `A socket carries at most ${LIMITS.subscriptionsPerSocket} subscriptions.`, {
    limit: 'subscriptionsPerSocket',
    maximum: LIMITS.subscriptionsPerSocket,
  });
}

function longId(): GraphQLError {
  return clientError(
    'BAD_USER_INPUT',
    `The id of a subscription has at most ${LIMITS.subscriptionIdCharacters} characters.`,
    { limit: 'subscriptionIdCharacters', maximum: LIMITS.subscriptionIdCharacters },
  );
}

export function noPosition(): GraphQLError {
  return clientError(
    'BAD_USER_INPUT',
    'extensions.resume must be { "version": a whole number, "id": the id of the root object where it has one }.',
  );
}

/** graphql-ws wraps what a subscription threw; inside are the errors meant for the client. */
function visibleErrors(error: GraphQLError): readonly GraphQLError[] {
  return error.originalError instanceof DeliveryFailed ? error.originalError.errors : [error];
}
