import type { Context } from '../context';
import type { Doc, Predicate } from '../types';
import type { Condition } from './condition';

/** The context of one filter with the two compilers that operators call for their operands. */
export interface FilterScope extends Context {
  /** A whole filter, as in a branch of `$or`. */
  tree(filter: Doc): Predicate;
  /** A document of operators on one field, as in `$not`. */
  condition(operators: Doc): Condition;
}
