import { Long } from 'bson';
import { failedToParse, locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Doc } from '../types';
import { createKeyOf } from '../value/key';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { asInteger } from '../value/numeric';
import { parsePath, setPath, valuesAtPath } from '../value/path';
import { valuesFilter } from './join';
import type { StageCompiler, StageContext } from './stage';

interface GraphArguments {
  readonly from: string;
  readonly as: string;
  readonly startWith: unknown;
  readonly connectFromField: string;
  readonly connectToField: string;
  readonly maxDepth: number;
  readonly depthField: string | null;
  readonly restrict: Doc | null;
}

/** `$graphLookup`: breadth first, one find for each level; each document is found once, at its least depth. */
const graphLookup: StageCompiler = (argument, context) => {
  const spec = graphArguments(argument);
  const start = compileExpression(spec.startWith, context);
  return function* (docs) {
    for (const doc of docs) yield setPath(doc, spec.as, search(start(doc), spec, context));
  };
};

function search(start: unknown, spec: GraphArguments, context: StageContext): Doc[] {
  const keyOf = createKeyOf(context.strings);
  const asked = new Set<string>();
  const found = new Map<string, Doc>();
  const from = parsePath(spec.connectFromField);
  let frontier = (Array.isArray(start) ? start : [start]).filter((value) => value !== undefined);
  for (let depth = 0; depth <= spec.maxDepth; depth++) {
    const values = frontier.filter((value) => {
      const key = keyOf(value);
      return !asked.has(key) && asked.add(key) !== undefined;
    });
    if (values.length === 0) break;
    const join = valuesFilter(values, spec.connectToField);
    const filter = spec.restrict === null ? join : { $and: [join, spec.restrict] };
    frontier = [];
    for (const doc of context.lookup(spec.from).find(filter)) {
      const key = keyOf(doc['_id']);
      if (found.has(key)) continue;
      found.set(key, spec.depthField === null ? doc : setPath(doc, spec.depthField, Long.fromNumber(depth)));
      for (const value of valuesAtPath(doc, from)) {
        if (Array.isArray(value)) frontier.push(...value);
        else if (!isNullish(value)) frontier.push(value);
      }
    }
  }
  return [...found.values()];
}

function graphArguments(argument: unknown): GraphArguments {
  if (!isObject(argument)) throw locationError(40327, 'the $graphLookup stage specification must be an object');
  const {
    from,
    as,
    startWith,
    connectFromField,
    connectToField,
    maxDepth,
    depthField,
    restrictSearchWithMatch,
    ...rest
  } = fieldsOf(argument);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw locationError(40104, `Unknown argument to $graphLookup: ${unknown}`);
  const text = (name: string, value: unknown): string => {
    if (typeof value === 'string') return value;
    throw locationError(40105, `$graphLookup requires '${name}' to be a string`);
  };
  if (startWith === undefined) throw failedToParse("$graphLookup requires 'startWith' to be specified");
  const depth = maxDepth === undefined ? Number.POSITIVE_INFINITY : asInteger(maxDepth);
  if (depth === null) throw locationError(40100, 'maxDepth requires a numeric argument');
  if (depth < 0) throw locationError(40101, `maxDepth requires a nonnegative argument, found: ${depth}`);
  if (restrictSearchWithMatch !== undefined && !isObject(restrictSearchWithMatch)) {
    throw locationError(40185, 'restrictSearchWithMatch must be an object');
  }
  return {
    from: text('from', from),
    as: text('as', as),
    startWith,
    connectFromField: text('connectFromField', connectFromField),
    connectToField: text('connectToField', connectToField),
    maxDepth: depth,
    depthField: depthField === undefined ? null : text('depthField', depthField),
    restrict: restrictSearchWithMatch ?? null,
  };
}

export const GRAPH_STAGES: ReadonlyMap<string, StageCompiler> = new Map([['$graphLookup', graphLookup]]);
