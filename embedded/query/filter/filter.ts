import { type Context, type ContextOptions, createContext } from '../context';
import { badValue, notImplemented } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Doc, Predicate } from '../types';
import { fieldsOf, isObject, isRegex } from '../value/kind';
import { toNumber } from '../value/numeric';
import { parsePath } from '../value/path';
import { isTruthy } from '../value/truth';
import { allPredicates, type Condition } from './condition';
import { compileSchema } from './json-schema';
import { isOperatorDoc } from './operator-doc';
import { conditionOf, equality, regexMatch } from './operators';
import type { FilterScope } from './scope';

/**
 * Compiles a filter to a predicate once, to be run over many documents.
 *
 * @throws QueryError 2 for unknown or malformed operators, 238 for text and geo search
 */
export function compileFilter(filter: Doc, options: ContextOptions = {}): Predicate {
  return compileTree(filter, filterScope(createContext(options)));
}

/** A class, for its methods cost nothing to make: a filter is compiled for every command. */
class CompilingScope implements FilterScope {
  readonly now: Date;
  readonly strings: Context['strings'];
  readonly variables: Context['variables'];
  readonly random: Context['random'];

  constructor(context: Context) {
    this.now = context.now;
    this.strings = context.strings;
    this.variables = context.variables;
    this.random = context.random;
  }

  tree(filter: Doc): Predicate {
    return compileTree(filter, this);
  }

  condition(operators: Doc): Condition {
    return conditionOf(operators, this);
  }
}

export function filterScope(context: Context): FilterScope {
  return new CompilingScope(context);
}

function compileTree(filter: Doc, scope: FilterScope): Predicate {
  const tests: Predicate[] = [];
  for (const key of Object.keys(filter)) {
    const operand = filter[key];
    if (key.startsWith('$')) {
      const test = topLevel(key, operand, scope);
      if (test !== null) tests.push(test);
    } else {
      tests.push(fieldTest(key, operand, scope));
    }
  }
  return allPredicates(tests);
}

function fieldTest(key: string, operand: unknown, scope: FilterScope): Predicate {
  const path = parsePath(key);
  if (isOperatorDoc(operand)) return conditionOf(operand, scope).atPath(path);
  if (isRegex(operand)) return regexMatch(operand).atPath(path);
  return equality(operand, scope).atPath(path);
}

function topLevel(operator: string, operand: unknown, scope: FilterScope): Predicate | null {
  switch (operator) {
    case '$and':
      return allPredicates(branches(operator, operand, scope));
    case '$or':
      return anyOf(branches(operator, operand, scope));
    case '$nor': {
      const any = anyOf(branches(operator, operand, scope));
      return (doc) => !any(doc);
    }
    case '$expr': {
      const evaluate = compileExpression(operand, scope);
      return (doc) => isTruthy(evaluate(doc));
    }
    case '$jsonSchema':
      return compileSchema(operand, scope);
    case '$comment':
      return null;
    case '$sampleRate': {
      const rate = toNumber(operand);
      if (!(rate >= 0 && rate <= 1)) throw badValue('numeric argument to $sampleRate must be in [0, 1]');
      return () => scope.random() < rate;
    }
    case '$alwaysTrue':
      return () => true;
    case '$alwaysFalse':
      return () => false;
    case '$where':
      throw notImplemented('$where is not supported: this server runs no JavaScript; use $expr');
    case '$text':
      throw notImplemented('$text is not supported');
    default:
      throw badValue(
        `unknown top level operator: ${operator}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function branches(operator: string, operand: unknown, scope: FilterScope): Predicate[] {
  if (!Array.isArray(operand)) throw badValue(`${operator} must be an array`);
  if (operand.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return operand.map((branch) => {
    if (!isObject(branch)) throw badValue('$or/$and/$nor entries need to be full objects');
    return compileTree(fieldsOf(branch), scope);
  });
}

function anyOf(tests: readonly Predicate[]): Predicate {
  return (doc) => {
    for (const test of tests) if (test(doc)) return true;
    return false;
  };
}
