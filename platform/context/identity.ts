/**
 * Who is calling, as the gateway established it once at the door. Subgraphs trust this value and nothing else:
 * in process it is handed over as an object, between processes inside a signed envelope.
 */
export type Identity = AnonymousIdentity | AccountIdentity | AppIdentity | ServiceIdentity;

export interface AnonymousIdentity {
  readonly kind: 'anonymous';
}

/** A signed-in person. `scopes` is null for a person's own session (everything their roles allow). */
export interface AccountIdentity {
  readonly kind: 'account';
  readonly accountId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
}

/** An embedding app that presented an API key and no person. */
export interface AppIdentity {
  readonly kind: 'app';
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** Id of the one thing the credential is for; absent when its scopes are all that bounds it. */
  readonly resource?: string;
}

/** Another subgraph, a job or a tool of this installation; the only caller of internal operations. */
export interface ServiceIdentity {
  readonly kind: 'service';
  readonly service: string;
}

export const ROLES = ['CUSTOMER', 'LEADER', 'HOST', 'STAFF', 'MERCHANT', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

export const ANONYMOUS: AnonymousIdentity = { kind: 'anonymous' };

export function serviceIdentity(service: string): ServiceIdentity {
  return { kind: 'service', service };
}

export function hasRole(identity: Identity, ...allowed: readonly Role[]): boolean {
  return identity.kind === 'account' && identity.roles.some((role) => allowed.includes(role));
}

/** A stable text for "what this caller may see": callers with the same text may share one execution. */
export function visibleIdentity(identity: Identity): string {
  switch (identity.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'account':
      return `account:${identity.accountId}:${[...identity.roles].sort().join('+')}`;
    case 'app':
      return `app:${identity.keyId}:${[...identity.scopes].sort().join('+')}`;
    case 'service':
      return `service:${identity.service}`;
  }
}
