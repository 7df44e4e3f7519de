import fc from 'fast-check';
import { QueryError } from './errors';
import { OPERATORS } from './expression/operators';
import { compileFilter, compileProjection, filterBounds, upsertSeed } from './index';
import { evaluate } from './testing/evaluate';
import { aggregate } from './testing/pipeline';
import { anyDocument, anyValue, int } from './testing/values';
import type { Doc } from './types';

/** What clients send may be any document at all: it is refused by an error of the engine's own, or it runs. */
function runsOrRefuses(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
  }
}

const FILTER_OPERATORS =
  '$eq $ne $gt $gte $lt $lte $in $nin $exists $type $regex $options $mod $size $all $elemMatch $not $bitsAllSet $bitsAnyClear $comment $near'.split(
    ' ',
  );
const STAGES =
  '$match $project $addFields $set $unset $replaceRoot $replaceWith $sort $limit $skip $count $sample $facet $unionWith $group $sortByCount $bucket $bucketAuto $unwind $lookup $graphLookup $redact $setWindowFields $documents'.split(
    ' ',
  );
const STAGE_FIELDS =
  '_id path from as let pipeline localField foreignField groupBy boundaries buckets output sortBy partitionBy window newRoot size startWith connectFromField connectToField coll granularity default'.split(
    ' ',
  );

const text = fc.constantFrom('$a', '$b.c', '$$ROOT', '$$NOW', 'UTC', 'day', 'unbounded', '%Y', '2024-01-01', 'a');
const leaf = fc.oneof(anyValue, text, fc.constant(new Date(0)), fc.constantFrom(int(0), int(2), int(-5)));

function treeOf(operators: readonly string[], fields: readonly string[]): fc.Arbitrary<unknown> {
  return fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      leaf,
      fc.tuple(fc.constantFrom(...operators), tie('node')).map(([name, operand]) => ({ [name]: operand })),
      fc
        .tuple(fc.constantFrom(...operators), fc.array(tie('node'), { maxLength: 3 }))
        .map(([name, operand]) => ({ [name]: operand })),
      fc.dictionary(fc.constantFrom(...fields), tie('node'), { maxKeys: 4, noNullPrototype: true }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node;
}

const isDocument = (value: unknown): value is Doc =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

describe('any input', () => {
  it('should be a filter or refused', () => {
    const filter = treeOf(
      [...FILTER_OPERATORS, '$and', '$or', '$nor', '$expr', '$jsonSchema'],
      ['a', 'b.c', 'a.0', 'd'],
    );
    fc.assert(
      fc.property(filter.filter(isDocument), anyDocument, (query, doc) => {
        runsOrRefuses(() => compileFilter(query)(doc));
        runsOrRefuses(() => filterBounds(query));
        runsOrRefuses(() => upsertSeed(query));
      }),
      { numRuns: 3000 },
    );
  });

  it('should be a projection or refused', () => {
    const projection = treeOf(['$slice', '$elemMatch', '$meta', '$add', '$first'], ['a', 'b.c', 'a.$', '_id', 'd']);
    fc.assert(
      fc.property(projection.filter(isDocument), anyDocument, (fields, doc) => {
        runsOrRefuses(() => compileProjection(fields, { a: { $exists: true } })(doc));
      }),
      { numRuns: 2000 },
    );
  });

  it('should be an expression or refused', () => {
    const names = [...OPERATORS.keys()];
    const fields =
      'input in as cond initialValue vars date unit amount startDate endDate timezone format dateString to onError regex find replacement n sortBy field value k v if else year'.split(
        ' ',
      );
    fc.assert(
      fc.property(treeOf(names, fields), anyDocument, (expression, doc) => {
        runsOrRefuses(() => evaluate(expression, doc));
      }),
      { numRuns: 6000 },
    );
  });

  it.each([...OPERATORS.keys()])('should be an argument of %s or refused', (name) => {
    const argument = fc.oneof(leaf, fc.array(leaf, { maxLength: 4 }), anyDocument);
    fc.assert(
      fc.property(argument, anyDocument, (operand, doc) => runsOrRefuses(() => evaluate({ [name]: operand }, doc))),
      { numRuns: 150 },
    );
  });

  it('should be a pipeline or refused', () => {
    const argument = treeOf([...STAGES, '$sum', '$push', '$topN', '$rank', '$eq', '$add'], STAGE_FIELDS);
    const stage = fc.tuple(fc.constantFrom(...STAGES), argument).map(([name, operand]) => ({ [name]: operand }));
    fc.assert(
      fc.property(
        fc.array(stage, { minLength: 1, maxLength: 2 }),
        fc.array(anyDocument, { maxLength: 3 }),
        (stages, docs) => {
          runsOrRefuses(() => aggregate(docs, stages, { a: docs }));
        },
      ),
      { numRuns: 4000 },
    );
  });
});
