import type { Doc } from '../document/decode';
import { toNumber } from '../document/scalars';
import type { Command } from './command';
import { errors } from './command-error';
import type { CommandContext } from './context';
import { checkFields, statementDocs } from './insert';
import { changeTargets, type Progress, Unfinished } from './multi-target';
import { parseSelection } from './selection';
import { results, runStatements, writeErrors } from './write-statements';

const STATEMENT_FIELDS = ['q', 'limit', 'collation', 'hint', 'sampleId'];

export const deleteCommand: Command = {
  name: 'delete',
  fields: ['deletes', 'ordered', 'let', 'stmtId', 'stmtIds'],
  transactional: true,
  retryable: true,
  run: async (context) => {
    const ns = context.ns;
    const statements = statementDocs(context.body, 'deletes', 'delete');
    for (const statement of statements) checkFields(statement, STATEMENT_FIELDS, 'delete.deletes');
    const now = new Date();
    const outcomes = await runStatements(context, statements.length, (index, progress) =>
      runDelete(context, ns, statements[index] as Doc, now, progress),
    );
    return { n: results(outcomes).reduce((sum, { result }) => sum + Number(result.n), 0), ...writeErrors(outcomes) };
  },
};

function runDelete(
  context: CommandContext,
  ns: string,
  statement: Doc,
  now: Date,
  progress: Progress | undefined,
): { n: number } | Unfinished {
  const limit = toNumber(statement['limit']);
  if (limit !== 0 && limit !== 1)
    throw errors.failedToParse(`The limit field in delete objects must be 0 or 1. Got ${String(limit)}`);
  const collection = context.collection(ns);
  const selection = parseSelection(
    { filter: statement['q'], collation: statement['collation'], hint: statement['hint'], let: context.body['let'] },
    collection,
    now,
  );
  if (collection === undefined) return { n: 0 };
  const done = changeTargets(context, collection, selection, limit === 1 ? 'first' : 'all', progress, (stored) => {
    collection.remove(context.kv, stored);
    return true;
  });
  return done instanceof Unfinished ? done : { n: done.n };
}
