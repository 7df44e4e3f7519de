import type { AuthCheckerFn } from 'type-graphql';
import { type Identity, ROLES, type Role } from '../context/identity';
import { forbidden, unauthenticated } from '../user-errors/api-error';

/**
 * The one rule behind `@Authorized(...)`: with no argument any signed-in person, with roles any of them,
 * with 'service' only another part of this installation, with a scope ("catalog:read") an app that holds it.
 */
export function authorize(identity: Identity, allowed: readonly string[]): void {
  if (identity.kind === 'service') {
    return;
  }
  if (allowed.includes('service')) throw forbidden('Internal operations are not for clients.');
  if (identity.kind === 'account') {
    const roles = allowed.filter((entry): entry is Role => (ROLES as readonly string[]).includes(entry));
    if (allowed.length === 0 || identity.roles.some((role) => roles.includes(role))) return;
    throw forbidden();
  }
  if (identity.kind === 'app') {
    if (allowed.some((entry) => entry.includes(':') && identity.scopes.includes(entry))) return;
    throw forbidden('This API key does not have the scope for that.');
  }
  throw unauthenticated();
}

export const authChecker: AuthCheckerFn<{ identity: Identity }, string> = ({ context }, allowed) => {
  authorize(context.identity, allowed);
  return true;
};

/** The signed-in account's id, or UNAUTHENTICATED. */
export function requireAccount(identity: Identity): string {
  if (identity.kind !== 'account') throw unauthenticated();
  return identity.accountId;
}
