/** Why social refuses, beyond the common codes. `orders` passes the codes of a seat on to the shopper. */
export const SOCIAL_ERROR_CODES = {
  GROUP_FULL: 'Every seat of the group is held or paid; the answer names other open groups of the campaign.',
  GROUP_CLOSED: 'The group is not open any more, or the order has already given its seat up.',
  ALREADY_JOINED: 'The account already has a seat in this group.',
  LIMIT_REACHED: 'More units than one order, one person or the whole campaign may have; the message says which.',
  CAMPAIGN_NOT_RUNNING: 'The campaign has not begun, has ended or was cancelled, so no group can be opened.',
  NEW_CUSTOMERS_ONLY: 'The campaign is for people who have never paid an order.',
  NOT_RESIDENT: 'The campaign is for residents of its neighborhood.',
  VARIANT_MISMATCH: 'The group or campaign sells another variant.',
  NOT_A_MEMBER: 'The account has no seat in this group.',
} as const;
