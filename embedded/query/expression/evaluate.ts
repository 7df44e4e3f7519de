import { type ContextOptions, createContext } from '../context';
import type { Doc } from '../types';
import { compileExpression } from './compile';

/** The value of an aggregation expression for one document; undefined where it is missing. */
export function evaluateExpression(expression: unknown, doc: Doc, options: ContextOptions): unknown {
  return compileExpression(expression, createContext(options))(doc);
}
