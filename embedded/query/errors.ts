/** An error with MongoDB's own numeric code and code name; the message follows the server's wording. */
export class QueryError extends Error {
  constructor(
    readonly code: number,
    readonly codeName: string,
    message: string,
  ) {
    super(message);
    this.name = 'QueryError';
  }
}

export const badValue = (message: string): QueryError => new QueryError(2, 'BadValue', message);
export const failedToParse = (message: string): QueryError => new QueryError(9, 'FailedToParse', message);
export const typeMismatch = (message: string): QueryError => new QueryError(14, 'TypeMismatch', message);
export const pathNotViable = (message: string): QueryError => new QueryError(28, 'PathNotViable', message);
export const conflictingUpdate = (message: string): QueryError =>
  new QueryError(40, 'ConflictingUpdateOperators', message);
export const dollarPrefixed = (message: string): QueryError => new QueryError(52, 'DollarPrefixedFieldName', message);
export const notSingleValueField = (message: string): QueryError => new QueryError(54, 'NotSingleValueField', message);
export const emptyFieldName = (message: string): QueryError => new QueryError(56, 'EmptyFieldName', message);
export const immutableField = (message: string): QueryError => new QueryError(66, 'ImmutableField', message);
export const invalidPipelineOperator = (message: string): QueryError =>
  new QueryError(168, 'InvalidPipelineOperator', message);
export const notImplemented = (message: string): QueryError => new QueryError(238, 'NotImplemented', message);
export const conversionFailure = (message: string): QueryError => new QueryError(241, 'ConversionFailure', message);

/** The server names its unnamed assertion codes `Location<code>`. */
export const locationError = (code: number, message: string): QueryError =>
  new QueryError(code, `Location${code}`, message);
