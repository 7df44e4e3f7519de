import type { Doc } from '../types';

const REFERENCE_FIELDS = new Set(['$ref', '$id', '$db']);

/** Whether a field's operand is a document of operators, and not a document to be equal to. */
export function isOperatorDoc(operand: unknown): operand is Doc {
  if (typeof operand !== 'object' || operand === null || Object.getPrototypeOf(operand) !== Object.prototype)
    return false;
  for (const first in operand) return first.startsWith('$') && !REFERENCE_FIELDS.has(first);
  return false;
}
