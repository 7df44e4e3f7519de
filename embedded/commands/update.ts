import type { Doc } from '../document/decode';
import { toFlag } from '../document/scalars';
import { isOperatorUpdate } from '../query';
import type { Command } from './command';
import { errors } from './command-error';
import type { CommandContext } from './context';
import { checkFields, statementDocs } from './insert';
import { insertUpserted, type Modification, modifier, parseArrayFilters, parseUpdate } from './modify';
import { changeTargets, type Progress, Unfinished } from './multi-target';
import { parseSelection } from './selection';
import { results, runStatements, writeErrors } from './write-statements';

const STATEMENT_FIELDS = [
  'q',
  'u',
  'c',
  'multi',
  'upsert',
  'collation',
  'arrayFilters',
  'hint',
  'upsertSupplied',
  'sampleId',
];

interface UpdateResult extends Doc {
  n: number;
  nModified: number;
  /** The _id of the document that an upsert made, in a list of one. */
  upserted?: unknown[];
}

export const update: Command = {
  name: 'update',
  fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let', 'stmtId', 'stmtIds'],
  transactional: true,
  retryable: true,
  run: async (context) => {
    const { body } = context;
    const ns = context.ns;
    const statements = statementDocs(body, 'updates', 'update');
    for (const statement of statements) checkStatement(statement);
    const now = new Date();
    const outcomes = await runStatements<UpdateResult>(context, statements.length, (index, progress) =>
      runUpdate(context, ns, statements[index] as Doc, now, progress),
    );
    const done = results(outcomes);
    const upserted = done.flatMap(({ index, result }) =>
      result.upserted === undefined ? [] : [{ index, _id: result.upserted[0] }],
    );
    return {
      n: done.reduce((sum, { result }) => sum + Number(result.n), 0),
      nModified: done.reduce((sum, { result }) => sum + Number(result.nModified), 0),
      ...(upserted.length === 0 ? {} : { upserted }),
      ...writeErrors(outcomes),
    };
  },
};

function checkStatement(statement: Doc): void {
  checkFields(statement, STATEMENT_FIELDS, 'update.updates');
  if (!('q' in statement)) throw errors.missingField('update.updates', 'q');
  if (!('u' in statement)) throw errors.missingField('update.updates', 'u');
}

function runUpdate(
  context: CommandContext,
  ns: string,
  statement: Doc,
  now: Date,
  progress: Progress | undefined,
): UpdateResult | Unfinished {
  const existing = context.collection(ns);
  const fields = {
    filter: statement['q'],
    collation: statement['collation'],
    hint: statement['hint'],
    let: context.body['let'],
  };
  const selection = parseSelection(fields, existing, now);
  const modification: Modification = {
    update: parseUpdate(statement['u']),
    selection,
    arrayFilters: parseArrayFilters(statement['arrayFilters']),
    now,
  };
  const multi = toFlag(statement['multi']);
  if (
    multi &&
    !Array.isArray(modification.update) &&
    !isOperatorUpdate(modification.update) &&
    Object.keys(modification.update).length > 0
  )
    throw errors.failedToParse('multi update is not supported for replacement-style update');
  const upsert = toFlag(statement['upsert']);
  if (existing === undefined && !upsert) return { n: 0, nModified: 0 };
  const collection = existing ?? context.ensureCollection(ns);
  const modify = modifier(context, collection, modification);
  const done = changeTargets(
    context,
    collection,
    selection,
    multi ? 'all' : 'first',
    progress,
    (stored) => modify(stored).changed,
  );
  if (done instanceof Unfinished) return done;
  if (done.n === 0 && upsert && progress === undefined)
    return { n: 1, nModified: 0, upserted: [insertUpserted(context, collection, modification)['_id']] };
  return { n: done.n, nModified: done.nModified };
}
