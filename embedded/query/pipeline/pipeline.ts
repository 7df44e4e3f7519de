import { type ContextOptions, createContext } from '../context';
import { locationError, notImplemented, typeMismatch } from '../errors';
import type { Doc } from '../types';
import { isObject } from '../value/kind';
import { BUCKET_STAGES } from './bucket';
import { BUCKET_AUTO_STAGES } from './bucket-auto';
import { DOCUMENT_STAGES } from './document-stages';
import { GRAPH_STAGES } from './graph-lookup';
import { GROUP_STAGES } from './group';
import { LOOKUP_STAGES } from './lookup';
import { REDACT_STAGES } from './redact';
import { SEQUENCE_STAGES } from './sequence-stages';
import type { PipelineSource, Stage, StageCompiler, StageContext } from './stage';
import { UNWIND_STAGES } from './unwind';
import { WINDOW_STAGES } from './window';

export interface PipelineEnv {
  readonly now: Date;
  readonly let?: Doc | undefined;
  readonly collation?: ContextOptions['collation'];
  /** Other collections, for `$lookup`, `$graphLookup` and `$unionWith`. */
  lookup(collection: string): PipelineSource;
  /** A number from 0 up to and not including 1, for `$sample` and `$rand`. */
  sample?(): number;
}

const STAGES: ReadonlyMap<string, StageCompiler> = new Map([
  ...DOCUMENT_STAGES,
  ...SEQUENCE_STAGES,
  ...GROUP_STAGES,
  ...BUCKET_STAGES,
  ...BUCKET_AUTO_STAGES,
  ...UNWIND_STAGES,
  ...LOOKUP_STAGES,
  ...GRAPH_STAGES,
  ...REDACT_STAGES,
  ...WINDOW_STAGES,
]);

/**
 * Runs an aggregation pipeline. Stages are compiled before the first document is read, so errors in them come at
 * once; documents flow lazily. Stages that read or write the server (`$out`, `$merge`, `$collStats`, `$indexStats`,
 * `$changeStream`, `$currentOp`) are the caller's.
 *
 * @throws QueryError 40324 for an unknown stage, and each stage's own codes
 */
export function runPipeline(input: Iterable<Doc>, stages: readonly Doc[], env: PipelineEnv): Iterable<Doc> {
  const base = createContext({ now: env.now, let: env.let, collation: env.collation, random: env.sample?.bind(env) });
  return compilePipeline(stages, stageContext({ ...base, lookup: (name) => env.lookup(name) }))(input);
}

function stageContext(base: Omit<StageContext, 'pipeline'>): StageContext {
  const context: StageContext = {
    ...base,
    pipeline: (stages, variables) =>
      compilePipeline(
        stages,
        variables === undefined
          ? context
          : stageContext({ ...base, variables: new Map([...base.variables, ...variables]) }),
      ),
  };
  return context;
}

function compilePipeline(stages: readonly unknown[], context: StageContext): Stage {
  const compiled = stages.map((stage, at) => compileStage(stage, at, context));
  return (docs) => compiled.reduce((flow, stage) => stage(flow), docs);
}

function compileStage(stage: unknown, at: number, context: StageContext): Stage {
  if (!isObject(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
  const [name, ...others] = Object.keys(stage);
  if (name === undefined || others.length > 0) {
    throw locationError(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  if (name === '$documents' && at > 0)
    throw locationError(40602, '$documents is only valid as the first stage in a pipeline');
  if (name === '$geoNear' || name === '$search' || name === '$vectorSearch')
    throw notImplemented(`${name} is not supported`);
  const compile = STAGES.get(name);
  if (compile === undefined) throw locationError(40324, `Unrecognized pipeline stage name: '${name}'`);
  return compile(stage[name], context, name);
}
