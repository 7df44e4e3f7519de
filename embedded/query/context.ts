import { compileExpression } from './expression/compile';
import type { Collation, Doc, StringComparator } from './types';
import { stringComparator } from './value/collation';

/** What every part of one command shares while it is compiled. */
export interface Context {
  readonly now: Date;
  /** Undefined where strings compare by bytes. */
  readonly strings: StringComparator | undefined;
  /** Values of the command's `let` and of an enclosing `$lookup`, by name without `$$`. */
  readonly variables: ReadonlyMap<string, unknown>;
  /** A number from 0 up to and not including 1, for `$rand` and `$sample`. */
  readonly random: () => number;
}

export interface ContextOptions {
  readonly now?: Date | undefined;
  /** The command's `let`: expressions, evaluated once with no document. */
  readonly let?: Doc | undefined;
  readonly collation?: Collation | undefined;
  readonly random?: (() => number) | undefined;
}

const NO_VARIABLES: ReadonlyMap<string, unknown> = new Map();

export function createContext(options: ContextOptions): Context {
  const base: Context = {
    now: options.now ?? new Date(),
    strings: options.collation === undefined ? undefined : stringComparator(options.collation),
    variables: NO_VARIABLES,
    random: options.random ?? Math.random,
  };
  if (options.let === undefined) return base;
  const variables = new Map<string, unknown>();
  for (const name of Object.keys(options.let)) {
    variables.set(name, compileExpression(options.let[name], base)({}));
  }
  return { ...base, variables };
}
