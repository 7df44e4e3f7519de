import type { DocumentNode, ExecutionResult } from 'graphql';
import type { SubgraphEndpoint, SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { Changes } from './changes';
import { copyOfResult } from './copies';
import { kindOf, viewOf } from './shareable';
import { type Share, SharedCall } from './shared-call';

interface Flight {
  readonly call: SharedCall;
  /** Changes seen when it started. */
  readonly since: number;
}

/**
 * Sends identical queries once while one of them is on its way; each participant gets an answer of its own, and errors
 * too. Identical: the same document object, operation, variables, languages, and a caller who may see the same.
 *
 * Nobody joins a query that began before the newest change this gateway knows of, so that a caller who changed
 * something, or was told of it by a subscription, never reads what was before. Of changes made elsewhere an answer may be
 * as old as the query it shares has been under way.
 *
 * The first participant's request is the one sent: it names the request and the trace under which the subgraph logs.
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

  const read = (request: SubgraphRequest): Promise<ExecutionResult> => {
    const { document, signal } = request;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const known = flightsOf(document);
    const view = viewOf(request);
    const flight = known.get(view);
    if (flight && flight.since === changes.count) return flight.call.join(signal, ownShare);
    const started: Flight = {
      call: new SharedCall(() => {
        if (known.get(view) === started) known.delete(view);
      }),
      since: changes.count,
    };
    const answer = endpoint.execute({ ...request, signal: started.call.signal });
    known.set(view, started);
    const share = started.call.join(signal, ownShare);
    started.call.settleWith(answer);
    return share;
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

const ownShare: Share = (result, isFirst) => (isFirst ? result : copyOfResult(result));

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
