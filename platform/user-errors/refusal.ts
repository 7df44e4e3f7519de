/**
 * A decision against the caller that is theirs to correct: it reaches them as a `UserError` in the payload and
 * nothing has changed. Thrown by domain and service code; inside a transaction it aborts the transaction.
 * `code` is one of the codes its subgraph declares. `fields` carries the data the next screen needs; `errorType`
 * names the GraphQL type that declares them.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly field: readonly string[] | null;
  readonly errorType: string | null;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    detail: { field?: readonly string[]; errorType?: string; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.code = code;
    this.field = detail.field ?? null;
    this.errorType = detail.errorType ?? null;
    this.fields = detail.fields ?? {};
  }

  /** A plain value for storage beside an idempotency key or for the reply of an internal operation. */
  toValue(): RefusalValue {
    return {
      code: this.code,
      message: this.message,
      field: this.field,
      errorType: this.errorType,
      fields: this.fields,
    };
  }

  static fromValue(value: RefusalValue): Refusal {
    return new Refusal(value.code, value.message, {
      ...(value.field ? { field: value.field } : {}),
      ...(value.errorType ? { errorType: value.errorType } : {}),
      fields: value.fields,
    });
  }
}

export interface RefusalValue {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly errorType: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Codes every subgraph may answer with; each subgraph adds its own in its `errors.ts`. */
export const COMMON_ERROR_CODES = {
  INVALID: 'A value is missing, malformed or out of range; `field` names it.',
  NOT_FOUND: 'Nothing the caller may see has that id.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used before with another input. Use a new key for a new request.',
  CONFLICT: 'Too many changes met on the same record. Nothing changed; send the request again.',
} as const;

/** Refuses a malformed input value. `field` is the path inside the input. */
export function invalid(field: readonly string[], message: string): Refusal {
  return new Refusal('INVALID', message, { field });
}

export function notFound(field: readonly string[], what: string): Refusal {
  return new Refusal('NOT_FOUND', `There is no such ${what}.`, { field });
}
