import type { Doc } from '../document/decode';
import type { Predicate } from '../query/types';

export interface IndexField {
  readonly path: string;
  readonly parts: readonly string[];
  readonly descending: boolean;
}

/** An index as its collection uses it. `options` is what listIndexes shows. */
export interface IndexDefinition {
  /** Number of the index inside its collection; never used twice. */
  readonly id: number;
  readonly name: string;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  /** The partialFilterExpression and its compiled form. */
  readonly partial: { readonly filter: Doc; readonly matches: Predicate } | undefined;
  readonly expireAfterSeconds: number | undefined;
  readonly hidden: boolean;
  readonly options: Doc;
  readonly prefix: Buffer;
  /** Some record has several keys, because a path led through an array. Never becomes false again. */
  multikey: boolean;
  /** Some key was cut to the length limit, so the order of the entries is not exact. */
  truncated: boolean;
  /** Snapshots older than this do not hold the entries of this index. */
  readonly builtAt: number;
}
