export type Doc = Record<string, unknown>;

export type Predicate = (doc: Doc) => boolean;

/** The part of a MongoDB collation document that is honoured here; other fields are accepted and ignored. */
export interface Collation {
  readonly locale: string;
  readonly strength?: unknown;
  readonly caseLevel?: unknown;
  readonly caseFirst?: unknown;
  readonly numericOrdering?: unknown;
  readonly alternate?: unknown;
}

export type StringComparator = (a: string, b: string) => number;
