import { COMMON_ERROR_CODES, Refusal } from '../../../platform/user-errors/refusal';
import { ORDER_ERROR_CODES } from '../errors';

/** How another subgraph says no to an internal operation. */
export interface NeighbourRefusal {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly available: number | null;
  readonly alternatives: readonly string[] | null;
}

/** The same refusal as our client meets it. `field` is the part of our own input that is to blame. */
export function refusalFrom(refusal: NeighbourRefusal, field: readonly string[]): Refusal {
  switch (refusal.code) {
    case 'GROUP_FULL':
      return new Refusal(refusal.code, refusal.message, {
        field,
        errorType: 'GroupFullError',
        fields: { alternatives: (refusal.alternatives ?? []).map((id) => ({ id })) },
      });
    case 'SOLD_OUT':
      return new Refusal(refusal.code, refusal.message, {
        field,
        errorType: 'SoldOutError',
        fields: { available: refusal.available ?? 0 },
      });
    default: {
      const known = refusal.code in ORDER_ERROR_CODES || refusal.code in COMMON_ERROR_CODES;
      return new Refusal(known ? refusal.code : 'NOT_ALLOWED', refusal.message, { field });
    }
  }
}
