import type { GraphQLDataSource } from '@apollo/gateway';
import { type DocumentNode, type ExecutionResult, GraphQLError, parse } from 'graphql';
import { errorFields, type Log } from '../../platform/logging/log';
import type { SubgraphDataSource } from '../../platform/subgraph/subgraph-port';
import { BoundedCache } from '../bounded-cache';
import type { Caller } from '../caller';
import { internalError } from '../client-errors';

/** What travels with one execution of a plan, to every fetch of it. */
export interface ExecutionContext {
  readonly caller: Caller;
  /** Aborted at the request's deadline; its reason is the error the caller gets. */
  readonly signal: AbortSignal;
}

type ProcessOptions = Parameters<GraphQLDataSource['process']>[0];
type ProcessResult = Awaited<ReturnType<GraphQLDataSource['process']>>;

const CACHED_DOCUMENTS = 500;

/**
 * The one way from the query planner to a subgraph, wherever it runs. Plans carry their fetches as text; each text is
 * parsed once, and the same document object lets the subgraph remember that it is valid.
 */
export class SubgraphEndpointDataSource implements GraphQLDataSource {
  private readonly documents = new BoundedCache<string, DocumentNode>(CACHED_DOCUMENTS);

  constructor(
    private readonly name: string,
    private readonly endpoint: SubgraphDataSource,
    private readonly log: Log,
  ) {}

  async process(options: ProcessOptions): Promise<ProcessResult> {
    const { caller, signal } = options.context as ExecutionContext;
    try {
      const result = await orAborted(signal, () =>
        this.endpoint.execute({
          document: this.documentOf(options.request.query ?? ''),
          variables: options.request.variables,
          operationName: options.request.operationName,
          identity: caller.identity,
          requestId: caller.requestId,
          languages: caller.languages,
          signal,
          traceparent: caller.traceparent,
        }),
      );
      return sourceAnswerOf(result);
    } catch (error) {
      if (error instanceof GraphQLError) return sourceAnswerOf({ errors: [error] });
      this.log.error(
        { ...errorFields(error), requestId: caller.requestId, subgraph: this.name },
        'A subgraph could not be asked.',
      );
      return sourceAnswerOf({ errors: [internalError(caller.requestId)] });
    }
  }

  private documentOf(text: string): DocumentNode {
    const known = this.documents.get(text);
    if (known) return known;
    const document = parse(text, { noLocation: true });
    this.documents.set(text, document);
    return document;
  }
}

/** The gateway's type differs from graphql-js's only in what it says of absent properties. */
export function sourceAnswerOf({ data, errors }: ExecutionResult): ProcessResult {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors ? { errors: errors as unknown as NonNullable<ProcessResult['errors']> } : {}),
  };
}

/** The work's result, or a rejection with the signal's reason as soon as it aborts. */
async function orAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
