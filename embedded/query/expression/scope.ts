import type { Context } from '../context';

/** What an expression is evaluated against; slots hold the variables that `$let`, `$map` and the like bind. */
export interface Env {
  readonly root: unknown;
  readonly current: unknown;
  readonly slots: unknown[];
}

export type Evaluate = (env: Env) => unknown;

/** What an operator needs while it is compiled. */
export interface Scope {
  readonly context: Context;
  slotOf(name: string): number | undefined;
  compile(expression: unknown): Evaluate;
  /** An inner scope in which the names are bound, with the slots their values go to. */
  bind(names: readonly string[]): { scope: Scope; slots: number[] };
}

/** Compiles one operator's argument. */
export type OperatorCompiler = (argument: unknown, scope: Scope, name: string) => Evaluate;

export type OperatorTable = ReadonlyMap<string, OperatorCompiler>;
