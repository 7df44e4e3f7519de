/** Codes of refusals that this subgraph answers with, beyond the common ones. */
export const ORDER_ERROR_CODES = {
  GROUP_FULL: 'Every seat of the group is taken or held; GroupFullError.alternatives lists other open groups.',
  GROUP_CLOSED: 'The group has ended and takes no more members.',
  ALREADY_JOINED: 'The account already has a seat in this group.',
  LIMIT_REACHED: 'The order exceeds what one order or one person may buy in this campaign.',
  SOLD_OUT: 'Fewer units are left than the order asks for; SoldOutError.available says how many.',
  CAMPAIGN_NOT_RUNNING: 'The campaign has not started, has ended or was cancelled.',
  NOT_RESIDENT: 'The campaign is for residents of its neighborhood.',
  NEW_CUSTOMERS_ONLY: 'The campaign is for people who have not bought before.',
  SOLO_PURCHASE_NOT_ALLOWED:
    'A running campaign sells the variant in groups only: open a group of the campaign or join one.',
  CURRENCY_MISMATCH: 'The amounts are in different currencies.',
  VARIANT_MISMATCH: 'The group or campaign sells another variant.',
  NOT_ALLOWED: 'The group buy refused the order for a reason of its own; see the message.',
  ORDER_TIMED_OUT:
    'The order could not be completed before its hold ended. Nothing is held; order again with a new key.',
  PAYMENT_ALREADY_SETTLED: 'The sandbox payment was settled before with the other outcome.',
  SANDBOX_DISABLED: 'Sandbox payments are switched off in this installation.',
  NOT_CANCELLABLE: 'The order is cancelled or refunded already, or has not been placed yet.',
  AFTER_SALES_CLOSED: 'The order belongs to a group that is still open: leave the group instead.',
  NOT_REFUNDABLE: 'Only confirmed orders can be refunded.',
  REFUND_EXCEEDS_PAYMENT: 'The refund is more than what was paid less what was refunded or is being refunded.',
  LATE_OFFER_CLOSED: 'The order has no offer of another group that is still open.',
} as const;
