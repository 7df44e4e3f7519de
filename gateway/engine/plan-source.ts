import type { GraphQLDataSource } from '@apollo/gateway';
import { type DocumentNode, type ExecutionResult, GraphQLError } from 'graphql';
import { errorFields } from '../../platform/logging/log';
import type { SubgraphDataSource } from '../../platform/subgraph/subgraph-port';
import { internalError } from '../client-errors';
import type { PlanRun, Variables } from './plan-run';

/** The text of one fetch and the same, parsed once. */
export interface FetchDocument {
  readonly text: string;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
}

/** Where the fetches of a plan go. */
export interface PlanSource {
  ask(fetch: FetchDocument, variables: Variables, run: PlanRun): Promise<ExecutionResult>;
  /** What the caller is told when `ask` rejects. */
  failed(error: unknown, run: PlanRun): ExecutionResult;
}

/** A subgraph, wherever it runs. */
export class SubgraphSource implements PlanSource {
  constructor(
    private readonly name: string,
    private readonly endpoint: SubgraphDataSource,
  ) {}

  ask({ document, operationName }: FetchDocument, variables: Variables, run: PlanRun): Promise<ExecutionResult> {
    const { identity, requestId, languages, traceparent } = run.caller;
    return this.endpoint.execute({
      document,
      variables,
      operationName,
      identity,
      requestId,
      languages,
      traceparent,
      signal: run.signal,
    });
  }

  failed(error: unknown, { caller: { requestId }, log }: PlanRun): ExecutionResult {
    if (error instanceof GraphQLError) return { errors: [error] };
    log.error({ ...errorFields(error), requestId, subgraph: this.name }, 'A subgraph could not be asked.');
    return { errors: [internalError(requestId)] };
  }
}

/** A source that stands beside the subgraphs in one run: the event of a subscription, say. */
export class ExtraSource implements PlanSource {
  constructor(private readonly source: GraphQLDataSource) {}

  async ask({ text, operationName }: FetchDocument, variables: Variables, run: PlanRun): Promise<ExecutionResult> {
    const { caller, signal } = run;
    const request = { query: text, variables, operationName };
    const answer = await this.source.process({
      request,
      context: { caller, signal },
      incomingRequestContext: {},
    } as unknown as Parameters<GraphQLDataSource['process']>[0]);
    return answer as ExecutionResult;
  }

  failed(error: unknown): ExecutionResult {
    return {
      errors: [
        error instanceof GraphQLError ? error : new GraphQLError(String(error), { originalError: asError(error) }),
      ],
    };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
