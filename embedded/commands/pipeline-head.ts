import type { Doc } from '../document/decode';
import { isDoc } from '../document/scalars';

/** What leads a pipeline and an index can serve: filters, and then a sort. */
export interface PipelineHead {
  readonly filter: Doc;
  readonly sort: Doc | undefined;
  /** How many stages that covers. */
  readonly length: number;
}

export function headOf(pipeline: readonly Doc[]): PipelineHead {
  const filters: Doc[] = [];
  let at = 0;
  for (; isOnly(pipeline[at], '$match'); at++) filters.push(pipeline[at]?.['$match'] as Doc);
  const sort = isOnly(pipeline[at], '$sort') ? (pipeline[at]?.['$sort'] as Doc) : undefined;
  const plain =
    sort !== undefined && Object.keys(sort).length > 0 && Object.values(sort).every((value) => !isDoc(value));
  return {
    filter: filters.length === 1 ? (filters[0] as Doc) : filters.length === 0 ? {} : { $and: filters },
    sort: plain ? sort : undefined,
    length: plain ? at + 1 : at,
  };
}

function isOnly(stage: Doc | undefined, name: string): boolean {
  return stage !== undefined && name in stage && Object.keys(stage).length === 1 && isDoc(stage[name]);
}
