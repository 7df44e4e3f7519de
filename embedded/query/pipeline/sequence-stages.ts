import { Int32, Long } from 'bson';
import { failedToParse, locationError } from '../errors';
import { sortDocuments } from '../sort';
import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { asInteger, numericType } from '../value/numeric';
import { typeName } from '../value/type-name';
import type { Stage, StageCompiler } from './stage';

/** The stages that order, cut, count and join whole sequences. */

const sort: StageCompiler = (argument, context) => {
  if (!isObject(argument)) throw locationError(15973, 'the $sort key specification must be an object');
  if (Object.keys(argument).length === 0) throw locationError(15976, '$sort stage must have at least one sort key');
  sortDocuments([], argument, context.strings);
  return function* (docs) {
    yield* sortDocuments(docs, fieldsOf(argument), context.strings);
  };
};

function countArgument(name: string, argument: unknown, least: number): number {
  const count = asInteger(argument);
  if (numericType(argument) === 0 || count === null) {
    throw locationError(
      5107201,
      `invalid argument to ${name} stage: Expected an integer: ${name}: ${typeName(argument)}`,
    );
  }
  if (count < least) {
    if (count === 0) throw locationError(15958, 'the limit must be positive');
    throw locationError(
      5107200,
      `invalid argument to ${name} stage: Expected a non-negative number in: ${name}: ${count}`,
    );
  }
  return count;
}

const limit: StageCompiler = (argument, _context, name) => {
  const most = countArgument(name, argument, 1);
  return function* (docs) {
    let count = 0;
    for (const doc of docs) {
      yield doc;
      count += 1;
      if (count >= most) return;
    }
  };
};

const skip: StageCompiler = (argument, _context, name) => {
  const skipped = countArgument(name, argument, 0);
  return function* (docs) {
    let count = 0;
    for (const doc of docs) {
      if (count >= skipped) yield doc;
      else count += 1;
    }
  };
};

/** An Int32, or a Long for more than an Int32 holds. */
function countValue(count: number): Int32 | Long {
  return count <= 2147483647 ? new Int32(count) : Long.fromNumber(count);
}

const count: StageCompiler = (argument) => {
  if (typeof argument !== 'string' || argument === '') {
    throw locationError(40156, 'the count field must be a non-empty string');
  }
  if (argument.startsWith('$')) throw locationError(40158, 'the count field cannot be a $-prefixed path');
  if (argument.includes('.')) throw locationError(40160, "the count field cannot contain '.'");
  return function* (docs) {
    let total = 0;
    for (const _doc of docs) total += 1;
    // No documents give no count, as the group this stage stands for gives none.
    if (total > 0) yield { [argument]: countValue(total) };
  };
};

const sample: StageCompiler = (argument, context) => {
  if (!isObject(argument)) throw locationError(28745, 'the $sample stage specification must be an object');
  const unknown = Object.keys(argument).find((key) => key !== 'size');
  if (unknown !== undefined) throw locationError(28748, `unrecognized option to $sample: ${unknown}`);
  if (!('size' in argument)) throw locationError(28749, '$sample stage must specify a size');
  const size = asInteger(argument['size']);
  if (size === null) throw locationError(28746, 'size argument to $sample must be a number');
  if (size <= 0) throw locationError(28747, 'size argument to $sample must be a positive integer');
  return function* (docs) {
    yield* shuffled(reservoir(docs, size, context.random), context.random);
  };
};

/** Each document ends up in the sample with the same chance, whatever their number. */
function reservoir(docs: Iterable<Doc>, size: number, random: () => number): Doc[] {
  const kept: Doc[] = [];
  let seen = 0;
  for (const doc of docs) {
    seen += 1;
    if (kept.length < size) kept.push(doc);
    else {
      const at = Math.floor(random() * seen);
      if (at < size) kept[at] = doc;
    }
  }
  return kept;
}

function shuffled(docs: Doc[], random: () => number): Doc[] {
  for (let at = docs.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [docs[at], docs[other]] = [docs[other] as Doc, docs[at] as Doc];
  }
  return docs;
}

const facet: StageCompiler = (argument, context) => {
  if (!isObject(argument) || Object.keys(argument).length === 0) {
    throw locationError(40169, 'the $facet specification must be a non-empty object');
  }
  const facets = Object.keys(argument).map((name) => {
    const stages = argument[name];
    if (!Array.isArray(stages))
      throw locationError(40170, `arguments to $facet must be arrays, ${name} is type ${typeName(stages)}`);
    for (const stage of stages) {
      const inner = isObject(stage) ? Object.keys(stage)[0] : undefined;
      if (inner !== undefined && ['$facet', '$out', '$merge', '$documents', '$geoNear'].includes(inner)) {
        throw locationError(40600, `${inner} is not allowed to be used within a $facet stage`);
      }
    }
    return [name, context.pipeline(stages)] as const;
  });
  return function* (docs) {
    const input = [...docs];
    yield Object.fromEntries(facets.map(([name, stage]) => [name, [...stage(input)]]));
  };
};

const unionWith: StageCompiler = (argument, context) => {
  const { coll, pipeline = [] } = typeof argument === 'string' ? { coll: argument } : unionFields(argument);
  if (!Array.isArray(pipeline))
    throw failedToParse("BSON field '$unionWith.pipeline' is the wrong type, expected type 'array'");
  const stage = context.pipeline(pipeline);
  const open: Stage = (docs) => stage(docs);
  return function* (docs) {
    yield* docs;
    yield* open(typeof coll === 'string' ? context.lookup(coll).find({}) : []);
  };
};

function unionFields(argument: unknown): Doc {
  if (!isObject(argument)) {
    throw failedToParse(
      `the $unionWith stage specification must be an object or string, but found ${typeName(argument)}`,
    );
  }
  for (const key of Object.keys(argument)) {
    if (key !== 'coll' && key !== 'pipeline')
      throw failedToParse(`BSON field '$unionWith.${key}' is an unknown field.`);
  }
  return argument;
}

export const SEQUENCE_STAGES: ReadonlyMap<string, StageCompiler> = new Map<string, StageCompiler>([
  ['$sort', sort],
  ['$limit', limit],
  ['$skip', skip],
  ['$count', count],
  ['$sample', sample],
  ['$facet', facet],
  ['$unionWith', unionWith],
]);
