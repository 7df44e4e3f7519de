import { type DocumentNode, getOperationAST, print } from 'graphql';

/** A document as it travels. */
export interface RemoteOperation {
  readonly text: string;
  /** Reading twice does no harm; changing twice may. */
  readonly isRead: boolean;
}

const known = new WeakMap<DocumentNode, Map<string, RemoteOperation>>();

/** Printed once for each document object, however often it is sent. */
export function remoteOperation(document: DocumentNode, operationName: string | undefined): RemoteOperation {
  const name = operationName ?? '';
  const operations = known.get(document) ?? new Map<string, RemoteOperation>();
  known.set(document, operations);
  let operation = operations.get(name);
  if (!operation) {
    const kind = getOperationAST(document, operationName)?.operation;
    operation = { text: print(document), isRead: kind === 'query' || kind === 'subscription' };
    operations.set(name, operation);
  }
  return operation;
}
