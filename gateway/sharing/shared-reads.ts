import type { DocumentNode, ExecutionResult } from 'graphql';
import type { SubgraphEndpoint, SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { Changes } from './changes';
import { copyOfResult } from './copies';
import { kindOf, viewOf } from './shareable';
import { SharedCall } from './shared-call';

interface Flight {
  /** Changes seen when it started. */
  readonly since: number;
  /** Those who wait beside the one whose request was sent. */
  followers: Followers | null;
  /** The one whose request was sent has left, and the query was sent again for the followers. */
  isTheirs: boolean;
}

interface Followers {
  readonly call: SharedCall;
  /** Of the first of them. */
  readonly request: SubgraphRequest;
}

/**
 * Sends identical queries once while one of them is on its way; each participant gets an answer of its own, and errors
 * too. Identical: the same document object, operation, variables, languages, and a caller who may see the same.
 *
 * Nobody joins a query that began before the newest change this gateway knows of, so that a caller who changed
 * something, or was told of it by a subscription, never reads what was before. Of changes made elsewhere an answer may be
 * as old as the query it shares has been under way.
 *
 * The first participant's request is the one sent, as it is, signal included: who shares with nobody pays for a key and
 * a map. Should that participant leave before the answer, the query is sent again for the others, and lives as long as one
 * of them waits. The request sent names the request and the trace under which the subgraph logs.
 * INTERNAL errors carry that request's id; the gateway's mask logs the foreign id and shows each caller its own.
 */
export function sharedReads(endpoint: SubgraphEndpoint, changes = new Changes()): SubgraphEndpoint {
  const flights = new WeakMap<DocumentNode, Map<string, Flight>>();

  const flightsOf = (document: DocumentNode): Map<string, Flight> => {
    let found = flights.get(document);
    if (!found) {
      found = new Map();
      flights.set(document, found);
    }
    return found;
  };

  const sendAgain = ({ call, request }: Followers, landed: () => void): void => {
    const { signal } = call;
    signal.addEventListener('abort', landed, { once: true });
    const again = async (): Promise<ExecutionResult> => endpoint.execute({ ...request, signal });
    call.settleWith(again().finally(landed));
  };

  const lead = (request: SubgraphRequest, known: Map<string, Flight>, view: string): Promise<ExecutionResult> => {
    const answer = endpoint.execute(request);
    const flight: Flight = { since: changes.count, followers: null, isTheirs: false };
    known.set(view, flight);
    const landed = (): void => {
      if (known.get(view) === flight) known.delete(view);
    };
    const settle = (error: unknown, result: ExecutionResult | null): void => {
      const { followers } = flight;
      if (followers && request.signal?.aborted) {
        flight.isTheirs = true;
        sendAgain(followers, landed);
      } else {
        landed();
        followers?.call.settle(error, result);
      }
    };
    // The first to hear of the answer: all copies are made before the one it was sent for goes on with it.
    answer.then(
      (result) => settle(null, result),
      (error: unknown) => settle(error, null),
    );
    return answer;
  };

  const read = (request: SubgraphRequest): Promise<ExecutionResult> => {
    const known = flightsOf(request.document);
    const view = viewOf(request);
    const flight = known.get(view);
    return flight && flight.since === changes.count ? follow(flight, request) : lead(request, known, view);
  };

  return {
    name: endpoint.name,
    get sdl() {
      return endpoint.sdl;
    },
    topics: endpoint.topics,
    execute(request) {
      if (kindOf(request) !== 'other') return read(request);
      // Whatever became of it, it may have changed something.
      return endpoint.execute(request).finally(() => changes.note());
    },
    async subscribe(request) {
      const events = await endpoint.subscribe(request);
      return Symbol.asyncIterator in events ? noticed(events, changes) : events;
    },
  };
}

function follow(flight: Flight, request: SubgraphRequest): Promise<ExecutionResult> {
  const { signal } = request;
  if (signal?.aborted) return Promise.reject(signal.reason);
  flight.followers ??= { request, call: new SharedCall(() => forgotten(flight)) };
  return flight.followers.call.join(signal, copyOfResult);
}

/** Nobody follows any more, and the next who does starts anew. */
function forgotten(flight: Flight): void {
  if (!flight.isTheirs) flight.followers = null;
}

/** An event tells of a change before anybody reacts to it. */
function noticed(
  events: AsyncIterableIterator<ExecutionResult>,
  changes: Changes,
): AsyncIterableIterator<ExecutionResult> {
  return {
    async next() {
      const step = await events.next();
      changes.note();
      return step;
    },
    async return(value?: unknown) {
      return (await events.return?.(value)) ?? { done: true, value: undefined };
    },
    async throw(error?: unknown) {
      if (events.throw) return events.throw(error);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
