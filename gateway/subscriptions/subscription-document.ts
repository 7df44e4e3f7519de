import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
} from 'graphql';
import { clientError } from '../client-errors';
import { type DocumentCheck, unknownOperation, withCode } from '../limits/document-check';
import { LIMITS } from '../limits/limits';

/** A subscription without what makes equal ones look different: layout, comments, its name, operations not run. */
export interface SubscriptionDocument {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Equal for equal subscriptions. */
  readonly key: string;
}

/** Errors the caller should see, all ready to be sent. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';

  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('\n'));
  }
}

/** Reads what a client sent, under the same limits as HTTP. Throws SubscriptionRefused. */
export function readSubscription(
  check: DocumentCheck,
  query: string,
  operationName: string | undefined,
): SubscriptionDocument {
  const document = parseOrRefuse(query);
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    throw new SubscriptionRefused([unknownOperation(operationName)]);
  }
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    throw new SubscriptionRefused([
      clientError('BAD_USER_INPUT', 'Only subscriptions run on the socket; send queries and mutations by HTTP POST.'),
    ]);
  }
  const faults = check.faults(digest(query), document);
  if (faults.length > 0) throw new SubscriptionRefused(faults);
  return normalised(document, operation);
}

function parseOrRefuse(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (error instanceof GraphQLError) {
      throw new SubscriptionRefused([withCode(error, 'GRAPHQL_PARSE_FAILED')]);
    }
    throw error;
  }
}

function normalised(document: DocumentNode, operation: OperationDefinitionNode): SubscriptionDocument {
  const alone = separateOperations(document)[operation.name?.value ?? ''] ?? document;
  const nameless = alone.definitions.map((definition) => {
    if (definition !== operation) return definition;
    const { name: _, ...rest } = operation;
    return rest;
  });
  const text = print({ kind: alone.kind, definitions: nameless });
  // Read again without locations: what is kept for as long as anybody watches should not hold the client's text.
  const kept = parse(text, { noLocation: true });
  const keptOperation = getOperationAST(kept);
  if (!keptOperation) throw new Error('A printed subscription holds no operation.');
  return { document: kept, operation: keptOperation, key: digest(text) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
