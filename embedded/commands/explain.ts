import type { Doc } from '../document/decode';
import { isDoc } from '../document/scalars';
import type { Plan } from '../planning/plan';
import type { ReadCounts } from '../planning/read-plan';
import type { Collection } from '../storage/collection';
import type { Command } from './command';
import { errors } from './command-error';
import type { CommandContext } from './context';
import { count } from './find';
import { VERSION } from './handshake';
import { headOf } from './pipeline-head';
import { isSorted, parseSelection, planFor, type Selection, select } from './selection';

export const explain: Command = {
  name: 'explain',
  fields: ['verbosity'],
  run: (context) => {
    const inner = context.body['explain'];
    if (!isDoc(inner)) throw errors.failedToParse('explain command requires a nested object');
    const verbosity = typeof context.body['verbosity'] === 'string' ? context.body['verbosity'] : 'allPlansExecution';
    return explainInner(context, inner, verbosity);
  },
};

function explainInner(context: CommandContext, inner: Doc, verbosity: string): Doc {
  const name = Object.keys(inner)[0] ?? '';
  const ns = context.namespaceOf(inner[name]);
  const statement = firstStatement(name, inner);
  switch (name) {
    case 'find':
      return explainSelection(context, ns, fieldsOf(inner, inner['filter']), verbosity, inner);
    case 'count':
    case 'distinct':
    case 'findAndModify':
      return explainSelection(context, ns, fieldsOf(inner, inner['query']), verbosity, inner);
    case 'update':
    case 'delete':
      return explainSelection(context, ns, fieldsOf(statement, statement['q']), verbosity, inner);
    case 'aggregate':
      return explainHead(context, ns, inner['pipeline'] as Doc[], inner, verbosity);
    default:
      throw errors.commandNotFound(name);
  }
}

function firstStatement(name: string, inner: Doc): Doc {
  const list = name === 'update' ? inner['updates'] : inner['deletes'];
  return Array.isArray(list) && isDoc(list[0]) ? list[0] : {};
}

function fieldsOf(body: Doc, filter: unknown) {
  return { filter, sort: body['sort'], collation: body['collation'], hint: body['hint'], let: body['let'] };
}

export function explainAggregate(context: CommandContext, pipeline: Doc[], verbosity: string): Doc {
  return explainHead(context, context.ns, pipeline, context.body, verbosity);
}

function explainHead(context: CommandContext, ns: string, pipeline: Doc[], body: Doc, verbosity: string): Doc {
  const head = headOf(pipeline);
  const reply = explainSelection(context, ns, fieldsOf({ ...body, sort: head.sort }, head.filter), verbosity, {});
  if (head.length === pipeline.length) return reply;
  const { queryPlanner, executionStats, ...rest } = reply;
  return {
    ...rest,
    stages: [
      { $cursor: { queryPlanner, ...(executionStats === undefined ? {} : { executionStats }) } },
      ...pipeline.slice(head.length),
    ],
  };
}

function explainSelection(
  context: CommandContext,
  ns: string,
  fields: Parameters<typeof parseSelection>[0],
  verbosity: string,
  body: Doc,
): Doc {
  const collection = context.collection(ns);
  const selection = parseSelection(fields, collection, new Date());
  const plan: Plan = collection === undefined ? { kind: 'nothing' } : planFor(context, collection, selection);
  const winningPlan = withSort(stageOf(plan, collection, selection), plan, selection);
  const reply: Doc = {
    explainVersion: '1',
    queryPlanner: {
      namespace: ns,
      parsedQuery: selection.filter,
      indexFilterSet: false,
      winningPlan,
      rejectedPlans: [],
    },
  };
  if (verbosity !== 'queryPlanner')
    reply['executionStats'] = { ...execute(context, collection, selection, body), executionStages: winningPlan };
  return { ...reply, command: body, serverInfo: { host: context.server.address, version: VERSION } };
}

function execute(context: CommandContext, collection: Collection | undefined, selection: Selection, body: Doc): Doc {
  const counts: ReadCounts = { keys: 0, documents: 0 };
  const started = Date.now();
  const skip = count(body, 'skip');
  const limit = Math.abs(count(body, 'limit')) || Number.POSITIVE_INFINITY;
  let found = 0;
  if (collection !== undefined)
    for (const _ of select(context, collection, selection, counts)) if (++found >= skip + limit) break;
  return {
    executionSuccess: true,
    nReturned: Math.min(Math.max(found - skip, 0), limit),
    executionTimeMillis: Date.now() - started,
    totalKeysExamined: counts.keys,
    totalDocsExamined: counts.documents,
  };
}

function withSort(stage: Doc, plan: Plan, { sort }: Selection): Doc {
  if (sort === undefined || '$natural' in sort || isSorted(plan)) return stage;
  return { stage: 'SORT', sortPattern: sort, inputStage: stage };
}

function stageOf(plan: Plan, collection: Collection | undefined, selection: Selection): Doc {
  switch (plan.kind) {
    case 'nothing':
      return { stage: 'EOF' };
    case 'collection':
      return { stage: 'COLLSCAN', filter: selection.filter, direction: plan.reverse ? 'backward' : 'forward' };
    case 'union':
      return {
        stage: 'FETCH',
        inputStage: { stage: 'OR', inputStages: plan.branches.map((branch) => stageOf(branch, collection, selection)) },
      };
    case 'index': {
      const { index } = plan;
      if (index === collection?.idIndex && isIdLookup(selection.filter))
        return { stage: 'IDHACK', keyPattern: index.options['key'], indexName: index.name };
      return {
        stage: 'FETCH',
        filter: selection.filter,
        inputStage: {
          stage: 'IXSCAN',
          keyPattern: index.options['key'],
          indexName: index.name,
          isMultiKey: index.multikey,
          isUnique: index.unique,
          isSparse: index.sparse,
          isPartial: index.partial !== undefined,
          direction: plan.reverse ? 'backward' : 'forward',
          rangeCount: plan.keys?.length ?? plan.ranges.length,
        },
      };
    }
  }
}

function isIdLookup(filter: Doc): boolean {
  return Object.keys(filter).length === 1 && '_id' in filter && !isDoc(filter['_id']);
}
