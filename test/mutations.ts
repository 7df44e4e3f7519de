/**
 * Every public mutation: who may call it, and what makes it safe to repeat. A mutation without a row fails the tests.
 * 'anyone' needs no token, 'signed-in' any account, otherwise one of the roles.
 */
export interface MutationRow {
  readonly who: 'anyone' | 'signed-in' | readonly ('HOST' | 'LEADER' | 'STAFF' | 'MERCHANT' | 'ADMIN')[];
  /**
   * idempotencyKey: moves money, stock or a seat (or makes something), once per key. id: unique by what it acts on.
   * state: sets what it names, so that a repeat changes nothing more. login: makes a session each time, on purpose.
   */
  readonly repeat: 'idempotencyKey' | 'id' | 'state' | 'login';
}

const merchants = ['MERCHANT', 'STAFF'] as const;
const onAir = ['HOST', 'LEADER', 'MERCHANT', 'STAFF', 'ADMIN'] as const;

export const MUTATIONS: Readonly<Record<string, MutationRow>> = {
  accountRolesSet: { who: ['ADMIN'], repeat: 'state' },
  apiKeyCreate: { who: ['MERCHANT', 'ADMIN'], repeat: 'login' },
  apiKeyRevoke: { who: ['MERCHANT', 'ADMIN'], repeat: 'id' },
  cartCreate: { who: 'anyone', repeat: 'login' },
  cartLinesAdd: { who: 'anyone', repeat: 'login' },
  cartLinesRemove: { who: 'anyone', repeat: 'state' },
  cartLinesUpdate: { who: 'anyone', repeat: 'state' },
  cartMerge: { who: 'signed-in', repeat: 'id' },
  groupBuyCampaignCancel: { who: merchants, repeat: 'idempotencyKey' },
  groupBuyCampaignCreate: { who: merchants, repeat: 'idempotencyKey' },
  groupBuyCancel: { who: merchants, repeat: 'idempotencyKey' },
  groupBuyLeave: { who: 'signed-in', repeat: 'idempotencyKey' },
  neighborhoodCreate: { who: merchants, repeat: 'idempotencyKey' },
  neighborhoodJoin: { who: 'signed-in', repeat: 'id' },
  neighborhoodLeave: { who: 'signed-in', repeat: 'id' },
  neighborhoodUpdate: { who: merchants, repeat: 'state' },
  orderCancel: { who: 'signed-in', repeat: 'idempotencyKey' },
  orderLateOfferAccept: { who: 'signed-in', repeat: 'id' },
  orderLateOfferDecline: { who: 'signed-in', repeat: 'id' },
  orderPlace: { who: 'signed-in', repeat: 'idempotencyKey' },
  orderRefund: { who: merchants, repeat: 'idempotencyKey' },
  overlayTokenCreate: { who: onAir, repeat: 'login' },
  overlayTokenRefresh: { who: 'anyone', repeat: 'state' },
  overlayTokenRevoke: { who: onAir, repeat: 'id' },
  overlayTokenRotate: { who: onAir, repeat: 'login' },
  paymentSandboxSettle: { who: 'signed-in', repeat: 'id' },
  productCreate: { who: [...merchants, 'ADMIN'], repeat: 'id' },
  productDelete: { who: [...merchants, 'ADMIN'], repeat: 'id' },
  productUpdate: { who: [...merchants, 'ADMIN'], repeat: 'state' },
  productVariantUpdate: { who: [...merchants, 'ADMIN'], repeat: 'state' },
  reviewCreate: { who: 'signed-in', repeat: 'idempotencyKey' },
  reviewDelete: { who: 'signed-in', repeat: 'id' },
  sessionCreate: { who: 'anyone', repeat: 'login' },
  sessionRefresh: { who: 'anyone', repeat: 'id' },
  sessionRevoke: { who: 'signed-in', repeat: 'state' },
  sessionRevokeAll: { who: 'signed-in', repeat: 'state' },
  stockAdjust: { who: [...merchants, 'ADMIN'], repeat: 'idempotencyKey' },
  userRegister: { who: 'anyone', repeat: 'id' },
};
