/**
 * The query engine: filters, updates, sorts, projections and aggregation over plain documents. Pure: no I/O, no
 * storage; numbers keep their BSON types. Everything the server around it calls is exported here.
 */

export { distinctValues } from './distinct';
export { QueryError } from './errors';
export { evaluateExpression } from './expression/evaluate';
export type { Bound, BoundOperator, FilterBounds } from './filter/bounds';
export { filterBounds, orBranches } from './filter/bounds';
export { compileFilter } from './filter/filter';
export { type PipelineEnv, runPipeline } from './pipeline/pipeline';
export type { PipelineSource } from './pipeline/stage';
export { compileProjection, type ProjectionOptions } from './projection/projection';
export { compileSort, sortDocuments } from './sort';
export type { Collation, Doc, Predicate } from './types';
export { applyUpdate, compileUpdate, isOperatorUpdate, type Update, type UpdateOptions } from './update/update';
export { upsertSeed } from './update/upsert-seed';
export { compareValues, valuesEqual } from './value/compare';
export { getPath, setPath } from './value/path';
