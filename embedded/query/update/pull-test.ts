import { isOperatorDoc } from '../filter/operator-doc';
import { regexMatch } from '../filter/operators';
import type { FilterScope } from '../filter/scope';
import { compareWith } from '../value/compare';
import { fieldsOf, isObject, isRegex } from '../value/kind';
import { type LeafTest, parsePath } from '../value/path';

/**
 * The elements a `$pull` takes: those an operator document or regex matches, embedded documents that match a filter,
 * else those equal to the value.
 */
export function pullTest(condition: unknown, scope: FilterScope): LeafTest {
  if (isRegex(condition)) return regexMatch(condition).onValue;
  if (isOperatorDoc(condition)) {
    const matches = scope.condition(condition).atPath(parsePath('element'));
    return (element) => matches({ element });
  }
  if (isObject(condition)) {
    const matches = scope.tree(fieldsOf(condition));
    return (element) => isObject(element) && matches(fieldsOf(element));
  }
  return (element) => compareWith(element, condition, scope.strings) === 0;
}
