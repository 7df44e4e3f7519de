import type { FilterScope } from '../filter/scope';

/** Where a modifier meets a value, for the server's error messages. */
export interface Place {
  readonly id: unknown;
  /** The whole path as resolved so far. */
  readonly path: string;
  /** The last part of the path. */
  readonly field: string;
}

/**
 * The effect on one value: undefined in is a missing field, undefined out removes it, the same value out means no
 * change.
 */
export type Effect = (current: unknown, place: Place) => unknown;

export interface Modifier {
  readonly effect: Effect;
  /** Whether missing objects on the way are created; where not, a missing path is no change. */
  readonly creates: boolean;
  /** Whether a scalar on the way is no change (`$unset`) and not an error. */
  readonly ignoresBlocked?: boolean;
}

/** Builds an operator's modifier for one path; `now` and the collation come from the scope. */
export type ModifierBuilder = (operand: unknown, scope: FilterScope, path: string) => Modifier;

/** Removes the field; in an array it leaves null. */
export const REMOVE: Modifier = { effect: () => undefined, creates: false, ignoresBlocked: true };

export function creating(effect: Effect): Modifier {
  return { effect, creates: true };
}

export function existing(effect: Effect): Modifier {
  return { effect, creates: false };
}
