import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  type OperationTypeNode,
  parse,
} from 'graphql';
import { type DocumentCheck, withCode } from '../limits/document-check';
import { LIMITS } from '../limits/limits';
import { WeightedCache } from '../weighted-cache';
import { sha256Hex } from './trusted-documents';

const MAX_DOCUMENTS = 2_000;
/** A syntax tree without places takes at most this many bytes for each character of its text (measured: names of one letter). */
const BYTES_PER_CHARACTER = 45;
const MAX_BYTES = 64 * 1024 * 1024;

/** One operation of a document; the same object for equal texts, so that what is derived from it can hang on it. */
export interface KnownOperation {
  readonly definition: OperationDefinitionNode;
  readonly type: OperationTypeNode;
  readonly name: string | undefined;
  readonly document: KnownDocument;
}

/** A client's text, read once. */
export interface KnownDocument {
  readonly text: string;
  /** Hex SHA-256 of the text. */
  readonly hash: string;
  /** Null where the text cannot be parsed. */
  readonly document: DocumentNode | null;
  /** Whether `faults` is known already; else asking for them checks the document, which takes milliseconds. */
  readonly isChecked: boolean;
  /** Why it may not run, ready for the caller; empty when it may. */
  readonly faults: readonly GraphQLError[];
  /** The operation to run, by the rules of GraphQL: named, or the only one. */
  operation(name: string | undefined): KnownOperation | undefined;
}

/**
 * Texts that were parsed and found valid, so that the next request with the same text skips both. Parsing ends at the
 * limit of tokens, after a millisecond or two; checking takes tens of them, so it waits until somebody asks.
 */
export class KnownDocuments {
  /** Only what is valid is remembered: faults hold the text they are about, and anyone can make up new ones. */
  private readonly known = new WeightedCache<KnownDocument>(MAX_DOCUMENTS, MAX_BYTES);

  constructor(private readonly check: DocumentCheck) {}

  read(text: string): KnownDocument {
    const known = this.known.get(text);
    if (known) return known;
    return readDocument(text, this.check, (valid) =>
      this.known.set(text, valid, 1_000 + text.length * BYTES_PER_CHARACTER),
    );
  }
}

function readDocument(text: string, check: DocumentCheck, keep: (valid: KnownDocument) => void): KnownDocument {
  const hash = sha256Hex(text);
  let document: DocumentNode;
  try {
    // Faults name their places; what is kept needs none, and is half the size without.
    document = parse(text, { noLocation: true, maxTokens: LIMITS.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return {
      text,
      hash,
      document: null,
      isChecked: true,
      faults: [withCode(error, 'GRAPHQL_PARSE_FAILED')],
      operation: () => undefined,
    };
  }
  return new ReadDocument(text, hash, document, check, keep);
}

class ReadDocument implements KnownDocument {
  private readonly operations = new Map<string | undefined, KnownOperation>();
  private found: readonly GraphQLError[] | null = null;

  constructor(
    readonly text: string,
    readonly hash: string,
    readonly document: DocumentNode,
    private readonly check: DocumentCheck,
    private readonly keep: (valid: KnownDocument) => void,
  ) {}

  get isChecked(): boolean {
    return this.found !== null;
  }

  get faults(): readonly GraphQLError[] {
    if (this.found) return this.found;
    this.found = this.check.faults(this.hash, parse(this.text));
    if (this.found.length === 0) this.keep(this);
    return this.found;
  }

  operation(name: string | undefined): KnownOperation | undefined {
    const known = this.operations.get(name);
    if (known) return known;
    const definition = getOperationAST(this.document, name);
    if (!definition) return undefined;
    const operation = { definition, type: definition.operation, name: definition.name?.value, document: this };
    this.operations.set(name, operation);
    return operation;
  }
}
