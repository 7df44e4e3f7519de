import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ExecutionResult } from 'graphql';
import { serviceIdentity } from '../context/identity';
import { newId } from '../ids/id';
import type { SubgraphDataSource, SubgraphName } from './subgraph-port';

/** A subgraph could not do what another asked of it; the caller's job tries again. */
export class InternalCallError extends Error {
  override readonly name = 'InternalCallError';

  constructor(
    subgraph: SubgraphName,
    operation: string,
    reason: string,
    /** The code of the answer's first error, when it had one. */
    readonly code?: unknown,
  ) {
    super(`${subgraph} did not answer ${operation}: ${reason}`);
  }
}

/** How one subgraph asks another: typed documents of internal operations, sent as a service. */
export interface InternalClient {
  request<TData, TVariables extends Record<string, unknown>>(
    subgraph: SubgraphName,
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
  ): Promise<TData>;
}

export function createInternalClient(
  caller: string,
  find: (name: SubgraphName) => SubgraphDataSource | undefined,
): InternalClient {
  const identity = serviceIdentity(caller);
  return {
    async request<TData, TVariables extends Record<string, unknown>>(
      subgraph: SubgraphName,
      document: TypedDocumentNode<TData, TVariables>,
      variables: TVariables,
    ): Promise<TData> {
      const operation = operationNameOf(document);
      const target = find(subgraph);
      if (!target) throw new InternalCallError(subgraph, operation, 'it is not running');
      const result = (await target.execute({
        document,
        variables,
        identity,
        requestId: newId('req'),
      })) as ExecutionResult<TData>;
      if (result.errors?.[0] || !result.data) {
        const [first] = result.errors ?? [];
        throw new InternalCallError(
          subgraph,
          operation,
          first?.message ?? 'it sent no data',
          first?.extensions['code'],
        );
      }
      return result.data;
    },
  };
}

function operationNameOf(document: TypedDocumentNode<unknown, never>): string {
  for (const definition of document.definitions) {
    if (definition.kind === 'OperationDefinition') return definition.name?.value ?? 'an operation';
  }
  return 'an operation';
}
