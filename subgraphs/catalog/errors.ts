/** Codes of the catalog beyond the common ones. */
export const errorCodes = {
  SOLD_OUT: 'Less is available than was asked for; `available` says how many.',
  STOCK_TOO_LOW: 'The change would leave less than nothing, or less than orders already hold.',
  HANDLE_TAKEN: 'Another product has that handle.',
  RESERVATION_RELEASED: 'The stock of this order was given back before; place a new order.',
} as const;
