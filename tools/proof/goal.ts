import type { ProofShape } from './shape';

/** One reliability goal: what must hold, and the run that shows it. */
export interface Goal {
  readonly id: string;
  readonly title: string;
  run(options: GoalOptions): Promise<Outcome>;
}

export const PROOF_SIZES = ['smoke', 'ci', 'full'] as const;
export type ProofSize = (typeof PROOF_SIZES)[number];

export interface GoalOptions {
  /** `full`: the figures of the goal. `ci`: small enough for CI. `smoke`: seconds, for the test suite. */
  readonly size: ProofSize;
  readonly seed: number;
  /** In which shape the goal is to hold; goals that do not look at it run in the one they are about. */
  readonly shape?: ProofShape;
  /** Shows that a long run is alive. */
  readonly progress: (message: string) => void;
}

export interface Outcome {
  readonly holds: boolean;
  /** One line: what was counted. */
  readonly figures: string;
  /** What did not hold, one line each. */
  readonly faults: readonly string[];
}

export function outcome(figures: string, faults: readonly string[]): Outcome {
  return { holds: faults.length === 0, figures, faults };
}
