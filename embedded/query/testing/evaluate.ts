import { evaluateExpression } from '../expression/evaluate';
import type { Collation, Doc } from '../types';

export const NOW = new Date('2024-05-06T07:08:09.123Z');

/** Evaluates an expression at a fixed time and with fixed dice. */
export function evaluate(expression: unknown, doc: Doc = {}, collation?: Collation): unknown {
  return evaluateExpression(expression, doc, { now: NOW, random: () => 0.25, ...(collation && { collation }) });
}
