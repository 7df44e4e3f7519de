import { type ExecutionResult, subscribe } from 'graphql';
import type { NonEmptyArray } from 'type-graphql';
import type { Consumer } from '../bus/bus';
import type { Identity } from '../context/identity';
import type { JobHandler } from '../jobs/jobs';
import { ensureIndexes } from '../mongo/database';
import { COMMON_ERROR_CODES } from '../user-errors/refusal';
import type { Kernel } from './kernel';
import { maskErrors } from './mask-errors';
import { SchemaExecutor } from './schema-executor';
import type { SubgraphContext } from './subgraph-context';
import type { SubgraphEndpoint, SubgraphName, SubgraphRequest, TopicVisibility } from './subgraph-port';
import { buildFederatedSchema, type SubgraphSchema } from './subgraph-schema';

// biome-ignore lint/complexity/noBannedTypes: type-graphql identifies classes by Function.
type ClassReference = Function;

export interface SubgraphDefinition<Services, Loaders> {
  readonly name: SubgraphName;
  readonly resolvers: NonEmptyArray<ClassReference>;
  readonly orphanedTypes?: readonly ClassReference[];
  /** Error codes beyond the common ones, and what each means. */
  readonly codes?: Readonly<Record<string, string>>;
  /** Builds the services on a kernel: registers models, wires use cases. Reads and writes nothing yet. */
  create(kernel: Kernel): Services;
  /** Per request: batching loaders over the services, for whoever asks. */
  loaders(services: Services, identity: Identity): Loaders;
  /** Entity type to "find one by its reference"; batch through the loaders. Null when there is none. */
  readonly references?: Readonly<
    Record<string, (reference: { readonly id: string }, context: SubgraphContext<Services, Loaders>) => unknown>
  >;
  /** Visibility of each subscription field. */
  readonly topics?: Readonly<Record<string, TopicVisibility>>;
  consumers?(services: Services): readonly Consumer[];
  jobs?(services: Services): readonly JobHandler[];
  /** Once per start, after the indexes exist and before requests. */
  prepare?(services: Services): Promise<void>;
}

/** A running subgraph in this process. `services` is for its own tests and for the tools that seed and import. */
export interface RunningSubgraph<Services> extends SubgraphEndpoint {
  readonly name: SubgraphName;
  readonly services: Services;
}

export interface Subgraph<Services = unknown> {
  readonly name: SubgraphName;
  readonly topics: Readonly<Record<string, TopicVisibility>>;
  /** Codes with their meaning, the common ones included. */
  readonly codes: Readonly<Record<string, string>>;
  schema(): SubgraphSchema;
  start(kernel: Kernel): Promise<RunningSubgraph<Services>>;
}

/** The one way to make a subgraph: same authorization, same error mapping, same context in all seven. */
export function defineSubgraph<Services, Loaders>(
  definition: SubgraphDefinition<Services, Loaders>,
): Subgraph<Services> {
  const codes = { ...COMMON_ERROR_CODES, ...definition.codes };
  const topics = definition.topics ?? {};
  let built: SubgraphSchema | null = null;
  const schema = (): SubgraphSchema => {
    built ??= buildFederatedSchema({
      resolvers: definition.resolvers,
      orphanedTypes: definition.orphanedTypes ?? [],
      codes,
      references: definition.references ?? {},
    });
    return built;
  };
  return {
    name: definition.name,
    topics,
    codes,
    schema,
    async start(kernel) {
      const { sdl, schema: executable } = schema();
      const services = definition.create(kernel);
      await ensureIndexes(kernel.database.connection);
      for (const consumer of definition.consumers?.(services) ?? []) kernel.bus.consume(consumer);
      for (const handler of definition.jobs?.(services) ?? []) kernel.jobs.handle(handler);
      await definition.prepare?.(services);

      const executor = new SchemaExecutor(executable);
      const contextOf = (request: SubgraphRequest): SubgraphContext<Services, Loaders> => ({
        identity: request.identity,
        requestId: request.requestId,
        languages: request.languages ?? [],
        services,
        loaders: definition.loaders(services, request.identity),
      });
      const masked = (result: ExecutionResult, request: SubgraphRequest): ExecutionResult =>
        maskErrors(result, request.requestId, kernel.log);
      const argumentsOf = (request: SubgraphRequest) => ({
        schema: executable,
        document: request.document,
        variableValues: request.variables ?? {},
        operationName: request.operationName ?? null,
        contextValue: contextOf(request),
      });

      return {
        name: definition.name,
        sdl,
        topics,
        services,
        async execute(request) {
          const faults = executor.faultsOf(request.document);
          if (faults.length > 0) return { errors: faults };
          const { document, operationName, variables } = request;
          const contextValue = contextOf(request);
          return masked(await executor.execute({ document, operationName, variables, contextValue }), request);
        },
        async subscribe(request) {
          const faults = executor.faultsOf(request.document);
          if (faults.length > 0) return { errors: faults };
          // graphql-js keeps one context for the life of a subscription; loaders that remember would then answer
          // every event with the first event's values, so each event gets a context of its own.
          const live = { ...contextOf(request) } as {
            -readonly [K in keyof SubgraphContext<Services, Loaders>]: SubgraphContext<Services, Loaders>[K];
          };
          const events = await subscribe({ ...argumentsOf(request), contextValue: live });
          if (!(Symbol.asyncIterator in events)) return masked(events, request);
          return {
            async next() {
              live.loaders = definition.loaders(services, request.identity);
              const event = await events.next();
              return event.done ? event : { value: masked(event.value, request), done: false };
            },
            return: () => events.return?.() ?? Promise.resolve({ value: undefined, done: true as const }),
            throw: (error: unknown) => events.throw?.(error) ?? Promise.reject(error),
            [Symbol.asyncIterator]() {
              return this;
            },
          } as AsyncIterableIterator<ExecutionResult>;
        },
      };
    },
  };
}
