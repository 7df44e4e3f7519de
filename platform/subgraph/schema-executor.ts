import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  validate,
} from 'graphql';
import { type CompiledQuery, compileQuery } from './compiled-query';

export interface SchemaExecution {
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly contextValue?: unknown;
  readonly rootValue?: unknown;
}

export interface SchemaExecutorOptions {
  /** How often a document is left to graphql-js before it is compiled. */
  readonly compileAfter?: number;
  /** Documents remembered, least recently used first to go. */
  readonly documents?: number;
}

export interface SchemaExecutorStats {
  /** Executions of compiled queries. */
  readonly compiled: number;
  /** Executions by graphql-js. */
  readonly interpreted: number;
  readonly compiles: number;
  readonly documents: number;
}

/** Compiling costs about as much as two executions by graphql-js. */
const COMPILE_AFTER = 2;
const DOCUMENTS = 1_000;
const TOUCH_EVERY = 16;

interface Known {
  readonly faults: readonly GraphQLError[];
  hits: number;
  /** By operation name; null stays with graphql-js. */
  readonly compiled: Map<string | undefined, CompiledQuery | null>;
}

/**
 * Executes one schema. A document is known by its object: validated once, and from its third execution on run as a
 * compiled query. Mutations and subscriptions, and whatever cannot be compiled, run on graphql-js; results are equal.
 */
export class SchemaExecutor {
  private readonly known = new Map<DocumentNode, Known>();
  private readonly compileAfter: number;
  private readonly limit: number;
  private compiled = 0;
  private interpreted = 0;
  private compiles = 0;

  constructor(
    readonly schema: GraphQLSchema,
    options: SchemaExecutorOptions = {},
  ) {
    this.compileAfter = options.compileAfter ?? COMPILE_AFTER;
    this.limit = options.documents ?? DOCUMENTS;
  }

  /** What is wrong with the document; nothing when it can be executed. */
  faultsOf(document: DocumentNode): readonly GraphQLError[] {
    return this.knownOf(document).faults;
  }

  /** A promise only where a resolver gives one. Never throws for GraphQL errors. */
  execute(request: SchemaExecution): ExecutionResult | Promise<ExecutionResult> {
    const known = this.knownOf(request.document);
    if (known.faults.length > 0) return { errors: known.faults };
    const operationName = request.operationName ?? undefined;
    known.hits += 1;
    if (known.hits > this.compileAfter) {
      const query = this.queryOf(known, request.document, operationName);
      const result = query?.execute(request.rootValue, request.contextValue, request.variables ?? {});
      if (result) {
        this.compiled += 1;
        return result;
      }
    }
    this.interpreted += 1;
    return execute({
      schema: this.schema,
      document: request.document,
      rootValue: request.rootValue,
      contextValue: request.contextValue,
      variableValues: request.variables ?? {},
      operationName: operationName ?? null,
    }) as ExecutionResult | Promise<ExecutionResult>;
  }

  stats(): SchemaExecutorStats {
    const { compiled, interpreted, compiles } = this;
    return { compiled, interpreted, compiles, documents: this.known.size };
  }

  private queryOf(known: Known, document: DocumentNode, operationName: string | undefined): CompiledQuery | null {
    const ready = known.compiled.get(operationName);
    if (ready !== undefined) return ready;
    const made = compileQuery(this.schema, document, operationName);
    if (made) this.compiles += 1;
    known.compiled.set(operationName, made);
    return made;
  }

  private knownOf(document: DocumentNode): Known {
    const found = this.known.get(document);
    if (found) {
      // A map iterates in insertion order: a document in use is put last now and then, and so is not forgotten.
      if (found.hits % TOUCH_EVERY === 0) {
        this.known.delete(document);
        this.known.set(document, found);
      }
      return found;
    }
    const made: Known = { faults: validate(this.schema, document), hits: 0, compiled: new Map() };
    this.known.set(document, made);
    if (this.known.size > this.limit) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    return made;
  }
}
