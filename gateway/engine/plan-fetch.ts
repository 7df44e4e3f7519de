import type { FetchNode } from '@apollo/query-planner';
import { type ExecutionResult, GraphQLError, parse, print } from 'graphql';
import { type Data, isData, mergeInto, own } from './data';
import type { PlanRun } from './plan-run';
import type { FetchDocument, PlanSource } from './plan-source';
import { compileRequires, identityOf, type Represent } from './representations';
import { compileRewrites, type Rewrite } from './rewrites';
import type { TypeConditions } from './type-conditions';
import { askingForTypenames } from './typenames';

type ErrorPath = readonly (string | number)[];
type PathOfError = (path: ErrorPath | undefined) => readonly ErrorPath[];

/** What all fetches of a plan share. */
export interface PlanContext {
  readonly conditions: TypeConditions;
  /** Keys of the plan's data that stand for others of the client's. */
  readonly publicKeys: ReadonlyMap<string, string> | undefined;
}

/** Entities of the run's data that one fetch adds to, and the one representation each is sent as. */
interface Batch {
  readonly representations: Data[];
  /** Per representation: which of the entities, by their order, it stands for. */
  readonly standsFor: number[][];
}

/** One fetch of a plan at one place of the answer. */
export class PlanFetch {
  private readonly fetch: FetchDocument;
  private readonly variableUsages: readonly string[];
  private readonly represent: Represent | null;
  private readonly rewriteInput: Rewrite | null;
  private readonly rewriteOutput: Rewrite | null;

  constructor(
    private readonly node: FetchNode,
    /** Where the entities are, "@" for each item of a list; empty for the root. */
    private readonly path: readonly string[],
    private readonly context: PlanContext,
  ) {
    const { conditions } = context;
    const parsed = parse(node.operation, { noLocation: true });
    const document = askingForTypenames(parsed, conditions.schema);
    const text = document === parsed ? node.operation : print(document);
    this.fetch = { text, document, operationName: node.operationName };
    this.variableUsages = node.variableUsages ?? [];
    this.represent = node.requires ? compileRequires(node.requires, conditions) : null;
    this.rewriteInput = compileRewrites(node.inputRewrites, conditions);
    this.rewriteOutput = compileRewrites(node.outputRewrites, conditions);
  }

  get serviceName(): string {
    return this.node.serviceName;
  }

  /** Asks the source and adds its answer to the run; undefined when there is nothing to ask for. */
  run(run: PlanRun, source: PlanSource): Promise<void> | undefined {
    try {
      const entities = this.entitiesOf(run.data);
      if (entities.length === 0) return undefined;
      return this.represent
        ? this.addToEntities(run, source, entities, this.represent)
        : this.addToRoot(run, source, entities);
    } catch (error) {
      run.errors.push(unexpected(error));
      return undefined;
    }
  }

  private entitiesOf(data: Data): Data[] {
    if (this.path.length === 0) return [data];
    const entities: Data[] = [];
    gather(data, this.path, 0, entities);
    return entities;
  }

  private addToRoot(run: PlanRun, source: PlanSource, entities: readonly Data[]): Promise<void> {
    return this.ask(run, source, this.variablesOf(run), (data) => {
      if (!data) return;
      this.rewriteOutput?.(data);
      for (const entity of entities) mergeInto(entity, data, this.context.conditions.interfaces);
    });
  }

  private addToEntities(
    run: PlanRun,
    source: PlanSource,
    entities: readonly Data[],
    represent: Represent,
  ): Promise<void> | undefined {
    const batch = this.batchOf(entities, represent);
    const { representations, standsFor } = batch;
    if (representations.length === 0) return undefined;
    const variables = this.variablesOf(run);
    if ('representations' in variables) throw new Error('Variables cannot contain key "representations"');
    variables['representations'] = representations;
    const take = (data: Data | null | undefined): void => {
      if (!data) return;
      const received = data['_entities'];
      if (!Array.isArray(received)) throw new Error('Expected "data._entities" in response to be an array');
      if (received.length !== representations.length) {
        throw new Error(`Expected "data._entities" to contain ${representations.length} elements`);
      }
      for (let index = 0; index < received.length; index++) {
        const answer: unknown = received[index];
        if (!isData(answer)) continue;
        const positions = standsFor[index] ?? [];
        const first = entities[positions[0] ?? -1];
        if (!answer['__typename'] && first) answer['__typename'] = first['__typename'];
        this.rewriteOutput?.(answer);
        for (const position of positions) {
          const entity = entities[position];
          if (entity) mergeInto(entity, answer, this.context.conditions.interfaces);
        }
      }
    };
    return this.ask(run, source, variables, take, batch);
  }

  /** Each different representation once. */
  private batchOf(entities: readonly Data[], represent: Represent): Batch {
    const representations: Data[] = [];
    const standsFor: number[][] = [];
    const known = entities.length > 1 ? new Map<string, number[]>() : null;
    for (let position = 0; position < entities.length; position++) {
      const representation = represent(entities[position]);
      if (!representation?.['__typename']) continue;
      if (known) {
        const identity = identityOf(representation);
        const positions = known.get(identity);
        if (positions) {
          positions.push(position);
          continue;
        }
        const fresh = [position];
        known.set(identity, fresh);
        standsFor.push(fresh);
      } else {
        standsFor.push([position]);
      }
      this.rewriteInput?.(representation);
      representations.push(representation);
    }
    return { representations, standsFor };
  }

  private variablesOf(run: PlanRun): Record<string, unknown> {
    const variables: Record<string, unknown> = {};
    for (const name of this.variableUsages) {
      const value = own(run.variables as Data, name);
      if (value !== undefined) variables[name] = value;
    }
    return variables;
  }

  private ask(
    run: PlanRun,
    source: PlanSource,
    variables: Record<string, unknown>,
    take: (data: Data | null | undefined) => void,
    batch?: Batch,
  ): Promise<void> {
    return run.ask(
      () => source.ask(this.fetch, variables, run),
      (error) => source.failed(error, run),
      ({ data, errors }: ExecutionResult) => {
        try {
          if (errors && errors.length > 0) this.report(run, errors, this.pathsOf(run.data, batch));
          take(data);
        } catch (error) {
          run.errors.push(unexpected(error));
        }
      },
    );
  }

  /** Errors of the subgraph as errors of this request: its own messages and codes, at our paths. */
  private report(run: PlanRun, errors: readonly GraphQLError[], pathsOf: PathOfError): void {
    const { serviceName } = this.node;
    for (const original of errors) {
      const message = original.message || `Error while fetching subquery from service "${serviceName}"`;
      const extensions = { code: 'DOWNSTREAM_SERVICE_ERROR', ...original.extensions, serviceName };
      for (const path of pathsOf(original.path)) {
        run.errors.push(new GraphQLError(message, { originalError: original, path, extensions }));
      }
      if (!original.path) {
        run.errors.push(new GraphQLError(message, { originalError: original, extensions }));
      }
    }
  }

  private pathsOf(data: Data, batch: Batch | undefined): PathOfError {
    const pathsOf = this.planPathsOf(data, batch);
    const { publicKeys } = this.context;
    if (!publicKeys) return pathsOf;
    const keyOf = (step: string | number) => (typeof step === 'string' ? (publicKeys.get(step) ?? step) : step);
    return (path) => pathsOf(path).map((steps) => steps.map(keyOf));
  }

  private planPathsOf(data: Data, batch: Batch | undefined): PathOfError {
    let places: ErrorPath[] | undefined;
    return (path) => {
      if (!path) return [];
      const index = path[1];
      if (!batch || typeof index !== 'number') return [[...this.path, ...path]];
      if (!places) {
        places = [];
        locate(data, this.path, 0, [], places);
      }
      const known = places;
      const positions = batch.standsFor[index] ?? [];
      if (positions.length === 0) return [path.slice(2)];
      return positions.map((position) => [...(known[position] ?? []), ...path.slice(2)]);
    };
  }
}

/** The entities at a path, in order; missing ones are left out. */
function gather(value: unknown, path: readonly string[], at: number, found: Data[]): void {
  if (value === undefined || value === null) return;
  const step = path[at];
  if (step === undefined) {
    if (Array.isArray(value)) found.push(...value.filter((item) => item !== null && item !== undefined));
    else found.push(value as Data);
  } else if (step === '@') {
    if (!Array.isArray(value)) throw new TypeError(`A subgraph answered ${typeof value} where a list belongs.`);
    for (const item of value) gather(item, path, at + 1, found);
  } else {
    if (Array.isArray(value)) throw new TypeError(`A subgraph answered a list where ${step} of one object belongs.`);
    gather(own(value as Data, step), path, at + 1, found);
  }
}

/** Where `gather` found each entity. */
function locate(value: unknown, path: readonly string[], at: number, place: ErrorPath, found: ErrorPath[]): void {
  if (value === undefined || value === null) return;
  const step = path[at];
  if (step === undefined) {
    if (!Array.isArray(value)) found.push(place);
    else
      value.forEach((item, index) => {
        if (item !== null && item !== undefined) found.push([...place, index]);
      });
  } else if (step === '@') {
    (value as unknown[]).forEach((item, index) => {
      locate(item, path, at + 1, [...place, index], found);
    });
  } else {
    locate(own(value as Data, step), path, at + 1, [...place, step], found);
  }
}

function unexpected(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
