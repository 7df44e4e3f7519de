import { failedToParse } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { setPath } from '../value/path';
import { typeName } from '../value/type-name';
import { joinFilter, leadingFilter } from './join';
import type { Stage, StageCompiler, StageContext } from './stage';

interface LookupArguments {
  readonly from: string | null;
  readonly as: string;
  readonly localField: string | null;
  readonly foreignField: string | null;
  readonly variables: Doc;
  readonly pipeline: readonly unknown[] | null;
}

/** `$lookup` by equal fields, by a pipeline with variables, or both; foreign documents come through the index planner. */
const lookup: StageCompiler = (argument, context) => {
  const spec = lookupArguments(argument);
  const matches = spec.pipeline === null ? byField(spec, context) : byPipeline(spec, spec.pipeline, context);
  return function* (docs) {
    for (const doc of docs) yield setPath(doc, spec.as, [...matches(doc)]);
  };
};

type Matches = (doc: Doc) => Iterable<Doc>;

function candidates(spec: LookupArguments, doc: Doc, further: Doc, context: StageContext): Iterable<Doc> {
  // Without a collection the pipeline starts with $documents, which needs no input.
  if (spec.from === null) return [];
  const { localField, foreignField } = spec;
  if (localField === null || foreignField === null) return context.lookup(spec.from).find(further);
  const join = joinFilter(doc, localField, foreignField);
  const filter = Object.keys(further).length === 0 ? join : { $and: [join, further] };
  return context.lookup(spec.from).find(filter);
}

function byField(spec: LookupArguments, context: StageContext): Matches {
  return (doc) => candidates(spec, doc, {}, context);
}

function byPipeline(spec: LookupArguments, stages: readonly unknown[], context: StageContext): Matches {
  const names = Object.keys(spec.variables);
  const values = names.map((name) => compileExpression(spec.variables[name], context));
  const exactStrings = context.strings === undefined;
  if (names.length > 0) {
    // The pipeline is compiled for each document, so that its variables are constants an index can be searched for.
    compileOnce(stages, names, context);
    return (doc) => {
      const variables = new Map(names.map((name, at) => [name, values[at]?.(doc)]));
      const further = leadingFilter(stages, new Map([...context.variables, ...variables]), exactStrings);
      return context.pipeline(stages, variables)(candidates(spec, doc, further, context));
    };
  }
  const stage = context.pipeline(stages);
  const further = leadingFilter(stages, context.variables, exactStrings);
  if (spec.localField !== null) return (doc) => stage(candidates(spec, doc, further, context));
  return uncorrelated(stage, () => candidates(spec, {}, further, context));
}

/** Errors in the pipeline must come before the first document, with the variables known only by name. */
function compileOnce(stages: readonly unknown[], names: readonly string[], context: StageContext): Stage {
  return context.pipeline(stages, new Map(names.map((name) => [name, null])));
}

/** A pipeline that depends on nothing outside gives every document the same result, so it runs once. */
function uncorrelated(stage: Stage, input: () => Iterable<Doc>): Matches {
  let result: Doc[] | null = null;
  return () => {
    result ??= [...stage(input())];
    return result;
  };
}

function lookupArguments(argument: unknown): LookupArguments {
  if (!isObject(argument)) throw failedToParse('the $lookup specification must be an Object');
  const { from, as, localField, foreignField, let: variables, pipeline, ...rest } = fieldsOf(argument);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw failedToParse(`unknown argument to $lookup: ${unknown}`);
  if (typeof as !== 'string') throw failedToParse("must specify 'as' field for a $lookup");
  if (from !== undefined && typeof from !== 'string') {
    throw failedToParse(`$lookup argument 'from' must be a string, is type ${typeName(from)}`);
  }
  if (from === undefined && pipeline === undefined) throw failedToParse("must specify 'from' field for a $lookup");
  if ((localField === undefined) !== (foreignField === undefined)) {
    throw failedToParse("$lookup requires both or neither of 'localField' and 'foreignField' to be specified");
  }
  if (pipeline === undefined) {
    if (localField === undefined) {
      throw failedToParse("$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
    }
    if (variables !== undefined) throw failedToParse("$lookup with a 'let' argument must also specify 'pipeline'");
  } else if (!Array.isArray(pipeline)) throw failedToParse("'pipeline' option must be specified as an array");
  if (variables !== undefined && !isObject(variables)) {
    throw failedToParse(`$lookup argument 'let' must be an object, is type ${typeName(variables)}`);
  }
  return {
    from: from ?? null,
    as,
    localField: fieldName('localField', localField),
    foreignField: fieldName('foreignField', foreignField),
    variables: variables ?? {},
    pipeline: pipeline ?? null,
  };
}

function fieldName(option: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string')
    throw failedToParse(`$lookup argument '${option}' must be a string, is type ${typeName(value)}`);
  return value;
}

export const LOOKUP_STAGES: ReadonlyMap<string, StageCompiler> = new Map([['$lookup', lookup]]);
