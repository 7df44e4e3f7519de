import type { ExecutionResult } from 'graphql';
import type { SubgraphEndpoint, SubgraphRequest } from '../../platform/subgraph/subgraph-port';

export interface HeldCall {
  readonly request: SubgraphRequest;
  answer(result: ExecutionResult): void;
  fail(error: unknown): void;
}

export interface HeldEndpoint extends SubgraphEndpoint {
  /** In the order they came; each waits until the test settles it. */
  readonly calls: HeldCall[];
}

/** A subgraph that answers when the test says so. */
export function heldEndpoint(subscribe?: SubgraphEndpoint['subscribe']): HeldEndpoint {
  const calls: HeldCall[] = [];
  return {
    name: 'catalog',
    sdl: 'type Query { a: Int }',
    topics: { changed: 'PUBLIC' },
    calls,
    execute: (request) =>
      new Promise((resolve, reject) => {
        calls.push({ request, answer: resolve, fail: reject });
      }),
    subscribe: subscribe ?? (() => Promise.resolve({ errors: [] })),
  };
}

/** The nth call so far, from 0. */
export function callAt({ calls }: HeldEndpoint, at: number): HeldCall {
  const call = calls[at];
  if (!call) throw new Error(`Only ${calls.length} calls were made.`);
  return call;
}

/** After what was asked in this turn of the event loop has been sent. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
