import type { Context } from '../context';
import type { Doc } from '../types';

/** One stage: documents in, documents out, as lazily as its meaning allows. */
export type Stage = (docs: Iterable<Doc>) => Iterable<Doc>;

/** A collection as other stages read it; `find` may use indexes, its results are exact, in the command's collation. */
export interface PipelineSource {
  find(filter: Doc): Iterable<Doc>;
}

export interface StageContext extends Context {
  readonly lookup: (collection: string) => PipelineSource;
  /** Compiles a pipeline inside this one, with further variables bound to values. */
  readonly pipeline: (stages: readonly unknown[], variables?: ReadonlyMap<string, unknown>) => Stage;
}

export type StageCompiler = (argument: unknown, context: StageContext, name: string) => Stage;
