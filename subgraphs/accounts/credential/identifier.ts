import type { IdentifierKind } from '../account/account';

/** What a person signs in with, in its one written form. */
export interface Identifier {
  readonly kind: IdentifierKind;
  /** E-mail in lower case, or E.164 with its plus sign. */
  readonly value: string;
}

const MAX_EMAIL = 254;
const EMAIL =
  /^[^\s@"(),:;<>[\\\]]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]{1,62}$/u;
// ITU-T E.164: a country code that does not start with zero, 15 digits at most.
const PHONE = /^\+[1-9]\d{6,14}$/;

/** Reads an e-mail address or an E.164 phone number; null when it is neither. */
export function parseIdentifier(text: string): Identifier | null {
  const trimmed = text.trim().normalize('NFKC');
  if (PHONE.test(trimmed)) return { kind: 'PHONE', value: trimmed };
  const email = trimmed.toLowerCase();
  if (email.length > MAX_EMAIL || !EMAIL.test(email) || email.includes('..') || /^\.|\.@/.test(email)) return null;
  return { kind: 'EMAIL', value: email };
}
