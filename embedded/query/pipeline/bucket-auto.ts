import { Double } from 'bson';
import { locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Doc } from '../types';
import { compareWith } from '../value/compare';
import { fieldsOf, isObject } from '../value/kind';
import { asInteger, numericType, toNumber } from '../value/numeric';
import { COUNT_OUTPUT } from './bucket';
import { compileOutputs, Group } from './group';
import { roundDown, roundUp, seriesOf } from './preferred-numbers';
import type { StageCompiler } from './stage';

interface Row {
  readonly value: unknown;
  readonly doc: Doc;
}

interface Bucket {
  min: unknown;
  max: unknown;
  readonly rows: Row[];
}

/** `$bucketAuto`: at most n buckets of about equal size; equal values share a bucket, `max` is the next one's `min`. */
const bucketAuto: StageCompiler = (argument, context) => {
  if (!isObject(argument)) throw locationError(40240, 'The argument to $bucketAuto must be an object');
  const { groupBy, buckets, output = COUNT_OUTPUT, granularity, ...rest } = fieldsOf(argument);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw locationError(40245, `Unrecognized option to $bucketAuto: ${unknown}.`);
  if (groupBy === undefined || buckets === undefined) {
    throw locationError(40246, "$bucketAuto requires 'groupBy' and 'buckets' to be specified.");
  }
  const wanted = asInteger(buckets);
  if (wanted === null) throw locationError(40241, "The $bucketAuto 'buckets' field must be a numeric value");
  if (wanted <= 0) throw locationError(40243, "The $bucketAuto 'buckets' field must be greater than 0");
  if (!isObject(output)) throw locationError(40244, 'The $bucketAuto output field must be an object');
  const series = granularity === undefined ? null : seriesOf(granularity);
  const readKey = compileExpression(groupBy, context);
  const outputs = compileOutputs(output, context);
  const compare = (a: unknown, b: unknown): number => compareWith(a, b, context.strings);
  return function* (docs) {
    const rows = Array.from(docs, (doc): Row => ({ doc, value: readKey(doc) ?? null }));
    if (series !== null) rows.forEach(({ value }) => void checkPositive(value));
    rows.sort((a, b) => compare(a.value, b.value));
    const filled = series === null ? fill(rows, wanted, compare) : fillRounded(rows, wanted, series, compare);
    for (const { min, max, rows: members } of filled) {
      const found = new Group({ min, max }, outputs);
      for (const { doc } of members) found.add(doc);
      yield found.result();
    }
  };
};

function checkPositive(value: unknown): void {
  if (numericType(value) === 0) {
    throw locationError(40258, "$bucketAuto can specify a 'granularity' with numeric values only");
  }
  if (Number.isNaN(toNumber(value)))
    throw locationError(40259, "$bucketAuto can specify a 'granularity' with numeric values only, but found a NaN");
  if (toNumber(value) < 0)
    throw locationError(40260, "$bucketAuto can specify a 'granularity' with non-negative numbers only");
}

type Compare = (a: unknown, b: unknown) => number;

function fill(rows: readonly Row[], wanted: number, compare: Compare): Bucket[] {
  const size = Math.max(1, Math.round(rows.length / wanted));
  const filled: Bucket[] = [];
  let at = 0;
  while (at < rows.length) {
    const last = filled.length === wanted - 1;
    const members: Row[] = [];
    while (at < rows.length && (last || members.length < size || sharesValue(rows, at, compare))) {
      members.push(rows[at] as Row);
      at += 1;
    }
    filled.push({ min: members[0]?.value, max: members[members.length - 1]?.value, rows: members });
  }
  for (let index = 0; index + 1 < filled.length; index++) (filled[index] as Bucket).max = filled[index + 1]?.min;
  return filled;
}

function sharesValue(rows: readonly Row[], at: number, compare: Compare): boolean {
  return compare(rows[at - 1]?.value, rows[at]?.value) === 0;
}

/** With a granularity the boundaries are preferred numbers, and a bucket takes all below its upper one. */
function fillRounded(rows: readonly Row[], wanted: number, series: readonly number[], compare: Compare): Bucket[] {
  const size = Math.max(1, Math.round(rows.length / wanted));
  const filled: Bucket[] = [];
  let at = 0;
  while (at < rows.length) {
    const last = filled.length === wanted - 1;
    const members = rows.slice(at, last ? rows.length : at + size);
    at += members.length;
    const previous = filled[filled.length - 1];
    const min = previous?.max ?? boundary(roundDown(toNumber(members[0]?.value), series));
    const max = boundary(roundUp(toNumber(members[members.length - 1]?.value), series));
    while (at < rows.length && compare(rows[at]?.value, max) < 0) {
      members.push(rows[at] as Row);
      at += 1;
    }
    filled.push({ min, max, rows: members });
  }
  return filled;
}

function boundary(value: number): Double {
  return new Double(value);
}

export const BUCKET_AUTO_STAGES: ReadonlyMap<string, StageCompiler> = new Map([['$bucketAuto', bucketAuto]]);
