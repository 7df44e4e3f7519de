import type { IndexDefinition } from '../storage/index-definition';
import type { KeyRange } from '../storage/keyspace';

/** How the documents that may match are found. Whatever a plan yields must still pass the filter. */
export type Plan =
  | { readonly kind: 'collection'; readonly reverse: boolean }
  | {
      readonly kind: 'index';
      readonly index: IndexDefinition;
      readonly ranges: readonly KeyRange[];
      /** The exact entries of a unique index, instead of ranges. */
      readonly keys: readonly Buffer[] | undefined;
      readonly reverse: boolean;
      /** The documents come in the order asked for. */
      readonly sorted: boolean;
    }
  | { readonly kind: 'union'; readonly branches: readonly Plan[] }
  | { readonly kind: 'nothing' };
