import { locationError } from '../errors';
import { compileWithRoot } from '../expression/compile';
import type { Doc } from '../types';
import { formatValue } from '../value/format';
import { fieldsOf, isObject } from '../value/kind';
import { putField } from '../value/path';
import type { StageCompiler } from './stage';

/** `$redact`: the expression decides for each (embedded) document whether to keep, drop or look into it. */
const redact: StageCompiler = (argument, context) => {
  const decide = compileWithRoot(argument, context);
  const visit = (doc: Doc, root: Doc): Doc | undefined => {
    const decision = decide(root, doc);
    if (decision === 'keep') return doc;
    if (decision === 'prune') return undefined;
    if (decision !== 'descend') {
      throw locationError(
        17053,
        `$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and $$PRUNE, but returned ${formatValue(decision)}`,
      );
    }
    const result: Doc = {};
    for (const name of Object.keys(doc)) {
      const value = visitValue(doc[name], root);
      if (value !== undefined) putField(result, name, value);
    }
    return result;
  };
  const visitValue = (value: unknown, root: Doc): unknown => {
    if (Array.isArray(value))
      return value.map((element) => visitValue(element, root)).filter((element) => element !== undefined);
    return isObject(value) ? visit(fieldsOf(value), root) : value;
  };
  return function* (docs) {
    for (const doc of docs) {
      const result = visit(doc, doc);
      if (result !== undefined) yield result;
    }
  };
};

export const REDACT_STAGES: ReadonlyMap<string, StageCompiler> = new Map([['$redact', redact]]);
