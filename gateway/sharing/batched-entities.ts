import type { DocumentNode, ExecutionResult } from 'graphql';
import type { SubgraphEndpoint, SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { MergedEntities } from './merged-entities';
import { kindOf, viewOf } from './shareable';
import { SharedCall } from './shared-call';

interface Waiting {
  readonly request: SubgraphRequest;
  readonly representations: readonly unknown[];
  readonly resolve: (answer: Promise<ExecutionResult>) => void;
}

/**
 * Merges requests for entities that are made in one turn of the event loop: the same document object, operation, other
 * variables and languages, by callers who may see the same. Different clients' requests and answers arrive in callbacks
 * of one poll phase, so `setImmediate`, which runs right after it, meets all of them, and waits for no timer; microtasks
 * run between those callbacks and would meet one. Who is alone goes on unchanged.
 */
export function batchedEntities(endpoint: SubgraphEndpoint): SubgraphEndpoint {
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const [only] = waiting;
    const all = waiting;
    waiting = [];
    if (only && all.length === 1) only.resolve(ask(only.request));
    else for (const group of groupsOf(all)) sendGroup(group);
  };

  // Nothing thrown may leave `flush`: nobody would catch it there.
  const ask = async (request: SubgraphRequest): Promise<ExecutionResult> => endpoint.execute(request);

  const sendGroup = (group: readonly Waiting[]): void => {
    let merged = new MergedEntities<Waiting>();
    for (const one of group) {
      if (merged.add(one, one.request, one.representations)) continue;
      send(merged);
      merged = new MergedEntities();
      merged.add(one, one.request, one.representations);
    }
    send(merged);
  };

  const send = (merged: MergedEntities<Waiting>): void => {
    const { members, representations } = merged;
    const [first] = members;
    if (!first) return;
    if (members.length === 1) {
      first.from.resolve(ask(first.request));
      return;
    }
    const call = new SharedCall();
    for (const member of members) {
      member.from.resolve(
        call.join(member.request.signal, (result) => merged.shareOf(member, result) ?? ask(member.request)),
      );
    }
    const { request } = first;
    call.settleWith(ask({ ...request, variables: { ...request.variables, representations }, signal: call.signal }));
  };

  return {
    name: endpoint.name,
    get sdl() {
      return endpoint.sdl;
    },
    topics: endpoint.topics,
    execute(request) {
      const representations = request.variables?.['representations'];
      if (!Array.isArray(representations) || kindOf(request) !== 'entities') return endpoint.execute(request);
      return new Promise((resolve) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ request, representations, resolve });
      });
    },
    subscribe: (request) => endpoint.subscribe(request),
  };
}

/** Requests that may be one; those of callers who have left meanwhile reject with their own reason. */
function groupsOf(all: readonly Waiting[]): Waiting[][] {
  const byDocument = new Map<DocumentNode, Waiting[]>();
  for (const one of all) {
    const { document, signal } = one.request;
    if (signal?.aborted) one.resolve(Promise.reject(signal.reason));
    else addTo(byDocument, document, one);
  }
  return [...byDocument.values()].flatMap((group) => {
    if (group.length === 1) return [group];
    const byView = new Map<string, Waiting[]>();
    for (const one of group) {
      const { representations: _, ...others } = one.request.variables ?? {};
      addTo(byView, viewOf(one.request, others), one);
    }
    return [...byView.values()];
  });
}

function addTo<K>(groups: Map<K, Waiting[]>, key: K, one: Waiting): void {
  const group = groups.get(key);
  if (group) group.push(one);
  else groups.set(key, [one]);
}
