import { badValue } from '../errors';
import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { type Condition, leaf } from './condition';
import { isOperatorDoc } from './operator-doc';
import type { FilterScope } from './scope';

const TREE_OPERATORS = new Set(['$and', '$or', '$nor', '$where', '$expr', '$jsonSchema']);

/** One and the same element of the array meets everything: operators on the element, or a filter on its fields. */
export function elemMatch(operand: unknown, scope: FilterScope): Condition {
  const test = elementTest(operand, scope);
  return leaf((value) => Array.isArray(value) && value.some(test), false);
}

/** The test of a single element, for `$elemMatch` in filters and projections. */
export function elementTest(operand: unknown, scope: FilterScope): (element: unknown) => boolean {
  if (!isObject(operand)) throw badValue('$elemMatch needs an Object');
  const first = Object.keys(operand)[0];
  if (isOperatorDoc(operand) && first !== undefined && !TREE_OPERATORS.has(first)) {
    const condition = scope.condition(operand);
    return (element) => condition.onValue(element);
  }
  const matches = scope.tree(operand);
  return (element) => {
    // An array counts as a document whose field names are its positions.
    if (Array.isArray(element)) return matches({ ...element } as Doc);
    return isObject(element) && matches(fieldsOf(element));
  };
}
