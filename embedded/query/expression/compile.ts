import type { Context } from '../context';
import { invalidPipelineOperator, locationError } from '../errors';
import type { Doc } from '../types';
import { formatValue } from '../value/format';
import { isObject } from '../value/kind';
import { putField } from '../value/path';
import { compileFieldPath } from './field-path';
import { OPERATORS } from './operators';
import type { Evaluate, Scope } from './scope';

/**
 * Compiles an aggregation expression to a function of a document; undefined stands for a missing result.
 *
 * @throws QueryError 168 for an unknown operator, 17276 for an unknown variable, and each operator's own codes
 */
export function compileExpression(expression: unknown, context: Context): (doc: Doc) => unknown {
  const evaluate = compileIn(expression, rootScope(context));
  return (doc) => evaluate({ root: doc, current: doc, slots: [] });
}

/** As compileExpression, with `$$ROOT` and `$$CURRENT` given apart, as `$redact` needs them. */
export function compileWithRoot(expression: unknown, context: Context): (root: Doc, current: Doc) => unknown {
  const evaluate = compileIn(expression, rootScope(context));
  return (root, current) => evaluate({ root, current, slots: [] });
}

function rootScope(context: Context): Scope {
  return new BindingScope(context, new Map(), { size: 0 });
}

/** Scopes of one expression share the frame in which each bound name has a slot. */
class BindingScope implements Scope {
  constructor(
    readonly context: Context,
    private readonly names: ReadonlyMap<string, number>,
    private readonly frame: { size: number },
  ) {}

  slotOf(name: string): number | undefined {
    return this.names.get(name);
  }

  compile(expression: unknown): Evaluate {
    return compileIn(expression, this);
  }

  bind(added: readonly string[]): { scope: Scope; slots: number[] } {
    const names = new Map(this.names);
    const slots = added.map((name) => {
      const slot = this.frame.size++;
      names.set(name, slot);
      return slot;
    });
    return { scope: new BindingScope(this.context, names, this.frame), slots };
  }
}

function compileIn(expression: unknown, scope: Scope): Evaluate {
  if (typeof expression === 'string' && expression.startsWith('$')) return compileFieldPath(expression, scope);
  if (Array.isArray(expression)) return compileArray(expression, scope);
  if (isObject(expression)) return compileObject(expression, scope);
  return () => expression;
}

function compileArray(expressions: readonly unknown[], scope: Scope): Evaluate {
  const parts = expressions.map((expression) => compileIn(expression, scope));
  return (env) => parts.map((part) => part(env) ?? null);
}

function compileObject(expression: Doc, scope: Scope): Evaluate {
  const keys = Object.keys(expression);
  const first = keys[0];
  if (first === undefined) return () => ({});
  if (!keys.some((key) => key.startsWith('$'))) return compileFields(expression, keys, scope);
  if (keys.length > 1) {
    throw locationError(
      15983,
      `an object representing an expression must have exactly one field: ${formatValue(expression)}`,
    );
  }
  const operator = OPERATORS.get(first);
  if (operator === undefined) throw invalidPipelineOperator(`Unrecognized expression '${first}'`);
  return operator(expression[first], scope, first);
}

function compileFields(expression: Doc, keys: readonly string[], scope: Scope): Evaluate {
  const parts = keys.map((key) => {
    if (key.includes('.'))
      throw locationError(16412, `FieldPath field names may not contain '.'. Consider using $getField or $setField.`);
    return [key, compileIn(expression[key], scope)] as const;
  });
  return (env) => {
    const result: Doc = {};
    for (const [key, part] of parts) {
      const value = part(env);
      if (value !== undefined) putField(result, key, value);
    }
    return result;
  };
}
