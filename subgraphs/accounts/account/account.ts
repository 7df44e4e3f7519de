import { ROLES, type Role } from '../../../platform/context/identity';
import { invalid } from '../../../platform/user-errors/refusal';
import type { Identifier } from '../credential/identifier';

export const IDENTIFIER_KINDS = ['EMAIL', 'PHONE'] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** A person in the system. `roles` is empty for one known only from another system, who cannot sign in. */
export interface Account {
  readonly id: string;
  readonly displayName: string;
  /** Without repeats, in the order of ROLES. */
  readonly roles: readonly Role[];
  readonly identifiers: readonly Identifier[];
  readonly createdAt: Date;
  /** Rises with every change. */
  readonly version: number;
}

const MAX_DISPLAY_NAME = 60;

// Control, direction-changing and line separator characters can disguise a name.
const DISGUISE = /[\p{Cc}\u202A-\u202E\u2066-\u2069\u2028\u2029]/u;

/** The name as it is kept: trimmed, single-spaced. Refused when empty, too long or with control characters. */
export function checkDisplayName(text: string, field: readonly string[]): string {
  const name = text.normalize('NFC').trim().replace(/ +/g, ' ');
  if (name === '') throw invalid(field, 'A display name is needed.');
  if ([...name].length > MAX_DISPLAY_NAME) {
    throw invalid(field, `A display name has at most ${MAX_DISPLAY_NAME} characters.`);
  }
  if (DISGUISE.test(name)) {
    throw invalid(field, 'A display name is one line of visible characters.');
  }
  return name;
}

/** A display name made of whatever another system has for a person; never refused. */
export function displayNameFrom(externalName: string): string {
  const visible = externalName.replace(new RegExp(DISGUISE, 'gu'), ' ').normalize('NFC').replace(/\s+/g, ' ').trim();
  return [...visible].slice(0, MAX_DISPLAY_NAME).join('').trim() || 'Anonymous';
}

/** Roles without repeats, in their fixed order. At least one, since an account without any could not sign in. */
export function checkRoles(roles: readonly Role[], field: readonly string[]): readonly Role[] {
  const wanted = ROLES.filter((role) => roles.includes(role));
  if (wanted.length === 0) throw invalid(field, 'An account has at least one role.');
  return wanted;
}

/** Whether some role of `before` is missing from `after`. */
export function losesRole(before: readonly Role[], after: readonly Role[]): boolean {
  return before.some((role) => !after.includes(role));
}
