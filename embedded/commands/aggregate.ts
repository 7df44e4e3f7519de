import type { Doc } from '../document/decode';
import { isDoc, toFlag } from '../document/scalars';
import { type Collation, type PipelineEnv, runPipeline } from '../query';
import type { Command } from './command';
import { CommandError, errors } from './command-error';
import type { CommandContext } from './context';
import { explainAggregate } from './explain';
import { countRecords, documents } from './find';
import { batchSizeOf } from './index-commands';
import { isWriteStage, writeStage } from './merge-stage';
import { headOf } from './pipeline-head';
import { docOr, parseCollation, parseSelection, select } from './selection';

export const aggregate: Command = {
  name: 'aggregate',
  readsSnapshots: true,
  fields: [
    'pipeline',
    'cursor',
    'explain',
    'allowDiskUse',
    'bypassDocumentValidation',
    'collation',
    'hint',
    'let',
    'isMapReduceCommand',
  ],
  transactional: true,
  run: async (context) => {
    const { body, server, db } = context;
    const pipeline = stagesOf(body['pipeline']);
    const whole = typeof body['aggregate'] !== 'string';
    const ns = whole ? `${db}.$cmd.aggregate` : context.ns;
    if (toFlag(body['explain'])) return explainAggregate(context, pipeline, 'queryPlanner');
    if (!isDoc(body['cursor']))
      throw errors.failedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
    const last = pipeline.at(-1);
    const write = last !== undefined && isWriteStage(last) ? last : undefined;
    const misplaced = pipeline.find((stage) => stage !== write && isWriteStage(stage));
    if (misplaced !== undefined)
      throw new CommandError(
        40601,
        'Location40601',
        `${Object.keys(misplaced)[0]} can only be the final stage in the pipeline`,
      );
    if (write !== undefined && context.transaction !== undefined)
      throw errors.operationNotSupportedInTransaction(`${Object.keys(write)[0]} cannot be used in a transaction`);
    const level = isDoc(body['readConcern']) ? body['readConcern']['level'] : undefined;
    if (write !== undefined && level === 'linearizable')
      throw errors.invalidOptions(`${Object.keys(write)[0]} cannot be used with a 'linearizable' read concern level`);
    const results = aggregateResults(context, ns, write === undefined ? pipeline : pipeline.slice(0, -1), whole);
    const options = { ns, batchSize: batchSizeOf(body), session: context.session, transaction: context.transaction };
    if (write === undefined) return { cursor: server.cursors.open(results[Symbol.iterator](), options) };
    await writeStage(context, write, results);
    return { cursor: server.cursors.open([].values(), options) };
  },
};

function stagesOf(value: unknown): Doc[] {
  if (!Array.isArray(value)) throw errors.typeMismatch("'pipeline' option must be specified as an array");
  for (const stage of value) {
    if (!isDoc(stage)) throw errors.typeMismatch("Each element of the 'pipeline' array must be an object");
    if ('$changeStream' in stage) throw errors.notImplemented('change streams are not supported');
  }
  return value as Doc[];
}

function aggregateResults(
  context: CommandContext,
  ns: string,
  pipeline: readonly Doc[],
  whole: boolean,
): Iterable<Doc> {
  const { body } = context;
  const now = new Date();
  const collection = whole ? undefined : context.collection(ns);
  const collation = parseCollation(body['collation']) ?? parseCollation(collection?.options['collation']);
  const env = pipelineEnv(context, now, collation);
  const [first] = pipeline;
  if (first !== undefined && '$collStats' in first)
    return runPipeline([collectionStats(context, ns)], pipeline.slice(1), env);
  if (first !== undefined && '$indexStats' in first)
    return runPipeline(indexStats(context, ns), pipeline.slice(1), env);
  if (first !== undefined && ('$listLocalSessions' in first || '$listSessions' in first))
    return runPipeline(context.server.sessions.list(), pipeline.slice(1), env);
  if (whole && (first === undefined || !('$documents' in first)))
    throw errors.invalidNamespace(
      `{aggregate: 1} is not valid for '${Object.keys(first ?? { '': 1 })[0]}'; a collection is required.`,
    );
  const head = headOf(pipeline);
  const selection = parseSelection(
    { filter: head.filter, sort: head.sort, collation: body['collation'], hint: body['hint'], let: body['let'] },
    collection,
    now,
  );
  const input = collection === undefined ? [] : documents(select(context, collection, selection));
  return runPipeline(input, pipeline.slice(head.length), env);
}

function pipelineEnv(context: CommandContext, now: Date, collation: Collation | undefined): PipelineEnv {
  return {
    now,
    collation,
    let: context.body['let'] === undefined ? undefined : docOr(context.body['let'], {}, 'let'),
    lookup: (name) => ({
      find: (filter) => {
        const collection = context.collection(`${context.db}.${name}`);
        if (collection === undefined) return [];
        return documents(select(context, collection, parseSelection({ filter, collation }, collection, now)));
      },
    }),
  };
}

function collectionStats(context: CommandContext, ns: string): Doc {
  const collection = context.collection(ns);
  const argument = (context.body['pipeline'] as Doc[])[0]?.['$collStats'];
  const stats: Doc = { ns, localTime: new Date() };
  if (isDoc(argument) && isDoc(argument['count']))
    stats['count'] = collection === undefined ? 0 : countRecords(context, collection.id);
  for (const wanted of isDoc(argument) ? Object.keys(argument) : [])
    if (wanted !== 'count') throw errors.notImplemented(`$collStats option '${wanted}' is not supported`);
  return stats;
}

function indexStats(context: CommandContext, ns: string): Doc[] {
  return (context.collection(ns)?.indexes ?? []).map(({ name, options }) => ({
    name,
    key: options['key'],
    host: context.server.address,
    accesses: { ops: 0n, since: context.server.startedAt },
    spec: options,
  }));
}
