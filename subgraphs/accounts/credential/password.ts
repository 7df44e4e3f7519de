import { invalid, Refusal } from '../../../platform/user-errors/refusal';
import type { Identifier } from './identifier';

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 256;

// The most used passwords of at least eight characters that leaked lists agree on, in lower case.
const COMMON = new Set(
  `12345678 123456789 1234567890 123123123 987654321 11223344 12341234 87654321 password password1 password12 password123
  passw0rd p@ssw0rd p@ssword qwertyui qwertyuiop qwerty123 qwerty12 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qazwsxedc zaq12wsx
  asdfghjkl asdfasdf zxcvbnm1 iloveyou iloveyou1 iloveyou2 sunshine princess football baseball superman starwars
  trustno1 whatever welcome1 welcome123 letmein1 letmein123 changeme charlie1 michael1 jennifer computer internet
  abcd1234 abc12345 a1234567 a12345678 aa123456 aa12345678 q1w2e3r4 woaini520 woaini1314 5201314520 admin123
  administrator dragon123 monkey123 shadow123 master123 football1 pokemon1 samsung1 liverpool1 chocolate`.split(/\s+/),
);

/** The form in which a password is hashed, so that every keyboard's way of typing a letter is the same letter. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Refuses a password that would be guessed early. `identifier` is what it will be used with. */
export function checkPassword(password: string, identifier: Identifier, field: readonly string[]): void {
  const text = normalizePassword(password);
  if (text.length > MAX_PASSWORD) throw invalid(field, `A password has at most ${MAX_PASSWORD} characters.`);
  if ([...text].length < MIN_PASSWORD) throw weak(field, `A password has at least ${MIN_PASSWORD} characters.`);
  const lower = text.toLowerCase();
  if (COMMON.has(lower) || /^(.)\1*$/su.test(lower))
    throw weak(field, 'This password is among the first to be guessed.');
  if (lower === identifier.value || lower === identifier.value.split('@')[0] || `+${lower}` === identifier.value) {
    throw weak(field, 'The password must not be the e-mail address or phone number.');
  }
}

function weak(field: readonly string[], message: string): Refusal {
  return new Refusal('PASSWORD_TOO_WEAK', message, { field });
}
