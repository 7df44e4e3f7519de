import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { BoundedCache } from '../bounded-cache';
import { type ClientErrorCode, clientError } from '../client-errors';
import { documentLimits } from './document-limits';

const CACHED_DOCUMENTS = 2_000;
const MAX_FAULTS = 20;
/** What graphql-js says too briefly: it compares every two fields of one name, and gives up past some 100,000 pairs. */
const SPOKEN = new Map([['Validation aborted.', 'The document repeats fields too often to be checked.']]);

/** Says whether a document may run, the same for HTTP and the socket; each valid document is checked once. */
export class DocumentCheck {
  /** Only what is valid is remembered: faults hold the text they are about, and anyone can make up new ones. */
  private readonly valid = new BoundedCache<string, true>(CACHED_DOCUMENTS);
  private readonly rules: readonly ValidationRule[];

  /** `showSchema` allows introspection, and suggestions in messages. */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly showSchema: boolean,
    /** Off where documents of any size are wanted: audits. */
    limits: 'on' | 'off' = 'on',
  ) {
    this.rules = [
      ...specifiedRules,
      ...(limits === 'on' ? [documentLimits] : []),
      ...(showSchema ? [] : [NoSchemaIntrospectionCustomRule]),
    ];
  }

  /** What is wrong, ready for the caller; empty for a valid document. Equal keys must mean equal documents. */
  faults(key: string, document: DocumentNode): readonly GraphQLError[] {
    if (this.valid.get(key)) return [];
    const faults = this.validate(document);
    if (faults.length === 0) this.valid.set(key, true);
    return faults.map((fault) => this.forCaller(fault));
  }

  private validate(document: DocumentNode): readonly GraphQLError[] {
    try {
      return validate(this.schema, document, this.rules, { maxErrors: MAX_FAULTS });
    } catch (error) {
      // graphql-js throws where a subscription's root field depends on a variable (its rule evaluates @skip without any).
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  /** What a message of graphql-js may say to this caller: names it did not mention only where the schema is shown. */
  readable(message: string): string {
    return this.showSchema ? message : message.replace(/ ?Did you mean(.+?)\?$/, '');
  }

  private forCaller(fault: GraphQLError): GraphQLError {
    return withCode(fault, 'GRAPHQL_VALIDATION_FAILED', SPOKEN.get(fault.message) ?? this.readable(fault.message));
  }
}

/** The answer to a document that does not say which operation to run, or names one it does not have. */
export function unknownOperation(operationName: string | undefined): GraphQLError {
  return clientError(
    'BAD_USER_INPUT',
    operationName === undefined
      ? 'Say which operation to run: the document has none or several.'
      : `The document has no operation named "${operationName}".`,
  );
}

/** The same error with its place in the document and a code. */
export function withCode(error: GraphQLError, code: ClientErrorCode, message = error.message): GraphQLError {
  return new GraphQLError(message, {
    ...(error.source ? { source: error.source } : {}),
    ...(error.positions ? { positions: error.positions } : {}),
    extensions: { ...error.extensions, code },
  });
}
