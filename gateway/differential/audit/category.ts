import type { Fixture } from '../fixture';

/** One question with the answer worked out by hand. */
export interface AuditCase {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  /** How many errors the answer carries; none when absent. */
  readonly errors?: number;
}

/** A group of questions about one trait of federation, over a supergraph made for it. */
export interface AuditCategory extends Fixture {
  readonly cases: readonly AuditCase[];
}

export function ask(query: string, data: unknown, rest: Omit<AuditCase, 'query' | 'data'> = {}): AuditCase {
  return { query, data, ...rest };
}
