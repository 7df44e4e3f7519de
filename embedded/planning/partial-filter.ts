import type { Doc } from '../document/decode';
import { isDoc } from '../document/scalars';
import { type Bound, compareValues, compileFilter, type FilterBounds, setPath, valuesEqual } from '../query';

/** Whether every document that passes the filter also passes the index's partialFilterExpression. */
export function impliesPartialFilter(filter: Doc, bounds: FilterBounds, partial: Doc): boolean {
  return Object.entries(partial).every(([path, condition]) => {
    if (path === '$and' && Array.isArray(condition))
      return condition.every((part: Doc) => impliesPartialFilter(filter, bounds, part));
    if (path.startsWith('$')) return false;
    if (path in filter && valuesEqual(filter[path], condition)) return true;
    const operators = isDoc(condition) && Object.keys(condition)[0]?.startsWith('$') ? condition : { $eq: condition };
    return Object.entries(operators).every(([operator, operand]) =>
      impliesOne(bounds.get(path) ?? [], path, operator, operand),
    );
  });
}

function impliesOne(bounds: readonly Bound[], path: string, operator: string, operand: unknown): boolean {
  return bounds.some(({ op, value }) => {
    if (operator === '$exists' && operand !== false && op !== '$eq' && op !== '$in') return true;
    // A value the filter asks for is tried against the condition itself.
    if (op === '$eq') return value !== null && passes(path, operator, operand, value);
    if (op === '$in') return (value as unknown[]).every((one) => one !== null && passes(path, operator, operand, one));
    if (operator === '$gt')
      return op === '$gt'
        ? notLess(value, operand)
        : op === '$gte' && notLess(value, operand) && !valuesEqual(value, operand);
    if (operator === '$gte') return (op === '$gt' || op === '$gte') && notLess(value, operand);
    if (operator === '$lt')
      return op === '$lt'
        ? notLess(operand, value)
        : op === '$lte' && notLess(operand, value) && !valuesEqual(value, operand);
    if (operator === '$lte') return (op === '$lt' || op === '$lte') && notLess(operand, value);
    return false;
  });
}

function passes(path: string, operator: string, operand: unknown, value: unknown): boolean {
  return compileFilter({ [path]: { [operator]: operand } })(setPath({}, path, value));
}

/** Of one type, and not below. */
function notLess(value: unknown, limit: unknown): boolean {
  return compileFilter({ v: { $gte: limit } })({ v: value }) && compareValues(value, limit) >= 0;
}
