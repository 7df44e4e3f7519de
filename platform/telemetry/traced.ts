import type { ExecutionResult } from 'graphql';
import type { Connection } from 'mongoose';
import type { RunningSubgraph } from '../subgraph/define-subgraph';
import type { SubgraphEndpoint, SubgraphRequest } from '../subgraph/subgraph-port';
import type { Tracing } from './tracing';

/** Calls to a subgraph as spans of the caller's trace. */
export function tracedCalls(target: SubgraphEndpoint, tracing: Tracing): SubgraphEndpoint {
  return {
    name: target.name,
    sdl: target.sdl,
    topics: target.topics,
    subscribe: (request) => target.subscribe(request),
    execute(request) {
      const span = tracing.start(
        `ask ${target.name}`,
        'client',
        request.traceparent,
        attributesOf(target.name, request),
      );
      if (span === null) return target.execute(request);
      return followed(target.execute({ ...request, traceparent: span.traceparent }), span.end);
    },
  };
}

/** What a subgraph does for one request, its database commands included, as spans of the caller's trace. */
export function tracedWork<Services>(target: RunningSubgraph<Services>, tracing: Tracing): RunningSubgraph<Services> {
  return {
    name: target.name,
    sdl: target.sdl,
    topics: target.topics,
    services: target.services,
    subscribe: (request) => target.subscribe(request),
    execute(request) {
      const span = tracing.start(target.name, 'server', request.traceparent, attributesOf(target.name, request));
      if (span === null) return target.execute(request);
      return followed(
        span.within(() => target.execute({ ...request, traceparent: span.traceparent })),
        span.end,
      );
    },
  };
}

/** Database commands become spans of the work that sent them. The connection must have been opened with `monitorCommands`. */
export function traceCommands(connection: Connection, tracing: Tracing): void {
  const running = new Map<number, (failure?: string) => void>();
  const client = connection.getClient();
  client.on('commandStarted', ({ commandName, command, databaseName, requestId }) => {
    const collection: unknown = command[commandName];
    const span = tracing.startHere(`db ${commandName}`, {
      'db.system.name': 'mongodb',
      'db.namespace': databaseName,
      'db.operation.name': commandName,
      ...(typeof collection === 'string' ? { 'db.collection.name': collection } : {}),
    });
    if (span) running.set(requestId, span.end);
  });
  const ended = (requestId: number, failure?: string): void => {
    running.get(requestId)?.(failure);
    running.delete(requestId);
  };
  client.on('commandSucceeded', ({ requestId }) => ended(requestId));
  client.on('commandFailed', ({ requestId, failure }) => ended(requestId, failure.name));
}

function attributesOf(subgraph: string, { requestId }: SubgraphRequest): Record<string, string> {
  return { 'kaituan.subgraph': subgraph, 'kaituan.request_id': requestId };
}

async function followed(work: Promise<ExecutionResult>, end: (failure?: string) => void): Promise<ExecutionResult> {
  try {
    const result = await work;
    const code = result.errors?.[0]?.extensions?.['code'];
    end(result.errors ? String(code ?? 'INTERNAL') : undefined);
    return result;
  } catch (error) {
    end(error instanceof Error ? error.name : 'Error');
    throw error;
  }
}
