import type { Doc } from '../document/decode';
import { QueryError } from '../query/errors';

export const TRANSIENT = 'TransientTransactionError';
export const RETRYABLE_WRITE = 'RetryableWriteError';

/** An error reply with labels and fields of its own. */
export class CommandError extends QueryError {
  constructor(
    code: number,
    codeName: string,
    message: string,
    readonly labels: readonly string[] = [],
    readonly fields: Doc = {},
  ) {
    super(code, codeName, message);
  }
}

export const errors = {
  badValue: (message: string) => new CommandError(2, 'BadValue', message),
  failedToParse: (message: string) => new CommandError(9, 'FailedToParse', message),
  typeMismatch: (message: string) => new CommandError(14, 'TypeMismatch', message),
  illegalOperation: (message: string) => new CommandError(20, 'IllegalOperation', message),
  namespaceNotFound: (message: string) => new CommandError(26, 'NamespaceNotFound', message),
  indexNotFound: (message: string) => new CommandError(27, 'IndexNotFound', message),
  cursorNotFound: (id: bigint) => new CommandError(43, 'CursorNotFound', `cursor id ${id} not found`),
  namespaceExists: (ns: string) => new CommandError(48, 'NamespaceExists', `Collection ${ns} already exists.`),
  maxTimeExpired: () => new CommandError(50, 'MaxTimeMSExpired', 'operation exceeded time limit'),
  commandNotFound: (name: string) => new CommandError(59, 'CommandNotFound', `no such command: '${name}'`),
  cannotCreateIndex: (message: string) => new CommandError(67, 'CannotCreateIndex', message),
  invalidOptions: (message: string) => new CommandError(72, 'InvalidOptions', message),
  invalidNamespace: (message: string) => new CommandError(73, 'InvalidNamespace', message),
  indexOptionsConflict: (message: string) => new CommandError(85, 'IndexOptionsConflict', message),
  indexKeySpecsConflict: (message: string) => new CommandError(86, 'IndexKeySpecsConflict', message),
  writeConflict: () =>
    new CommandError(
      112,
      'WriteConflict',
      'Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
      [TRANSIENT],
    ),
  documentValidation: (details: Doc) =>
    new CommandError(121, 'DocumentValidationFailure', 'Document failed validation', [], { errInfo: details }),
  notSupportedOnView: (message: string) => new CommandError(166, 'CommandNotSupportedOnView', message),
  transactionTooOld: (message: string) => new CommandError(225, 'TransactionTooOld', message),
  snapshotTooOld: (message: string) => new CommandError(239, 'SnapshotTooOld', message),
  notImplemented: (message: string) => new CommandError(238, 'NotImplemented', message),
  noSuchTransaction: (message: string) => new CommandError(251, 'NoSuchTransaction', message, [TRANSIENT]),
  transactionCommitted: (message: string) => new CommandError(256, 'TransactionCommitted', message),
  operationNotSupportedInTransaction: (message: string) =>
    new CommandError(263, 'OperationNotSupportedInTransaction', message),
  objectTooLarge: (size: number) =>
    new CommandError(
      10334,
      'BSONObjectTooLarge',
      `BSONObj size: ${size} is invalid. Size must be between 0 and 16793600(16MB)`,
    ),
  unknownField: (command: string, field: string) =>
    new CommandError(40415, 'Location40415', `BSON field '${command}.${field}' is an unknown field.`),
  missingField: (command: string, field: string) =>
    new CommandError(40414, 'Location40414', `BSON field '${command}.${field}' is missing but a required field`),
} as const;
