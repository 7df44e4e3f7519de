import { compileFilter } from '../filter/filter';
import { type PipelineEnv, runPipeline } from '../pipeline/pipeline';
import type { Doc } from '../types';
import { NOW } from './evaluate';

/** Runs a pipeline over documents in memory, with other collections by name; `asked` records the filters they saw. */
export function aggregate(
  docs: readonly Doc[],
  stages: readonly Doc[],
  collections: Readonly<Record<string, readonly Doc[]>> = {},
  asked: Doc[] = [],
  more: Partial<PipelineEnv> = {},
): Doc[] {
  const env: PipelineEnv = {
    now: NOW,
    sample: () => 0.25,
    lookup: (name) => ({
      find(filter) {
        asked.push(filter);
        return (collections[name] ?? []).filter(compileFilter(filter, { collation: more.collation }));
      },
    }),
    ...more,
  };
  return [...runPipeline(docs, stages, env)];
}
