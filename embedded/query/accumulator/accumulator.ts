import type { Doc } from '../types';

/** Gathers the values of one group or window. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

/** An accumulator of an output field: what to evaluate for each document and how to gather it. */
export interface AccumulatorSpec {
  readonly evaluate: (doc: Doc) => unknown;
  readonly create: () => Accumulator;
}
