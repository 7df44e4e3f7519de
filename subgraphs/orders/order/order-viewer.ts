import { hasRole, type Identity } from '../../../platform/context/identity';

/** What a caller may see of orders: their own, or all of them (MERCHANT, STAFF and other subgraphs). */
export interface OrderViewer {
  readonly accountId: string | null;
  readonly all: boolean;
}

export function orderViewer(identity: Identity): OrderViewer {
  return {
    accountId: identity.kind === 'account' ? identity.accountId : null,
    all: identity.kind === 'service' || hasRole(identity, 'MERCHANT', 'STAFF'),
  };
}
