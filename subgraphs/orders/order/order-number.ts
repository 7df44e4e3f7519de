const LENGTH = 6;

/**
 * What people read to each other on the phone: the hour (UTC) and 30 random bits of the id, in Crockford's alphabet
 * (no I, L, O, U). Unique by an index; the hour keeps a clash rare, the random part keeps numbers unguessable.
 */
export function orderNumber(orderId: string, createdAt: Date): string {
  const digits = createdAt.toISOString().replace(/\D/g, '');
  return `KT-${digits.slice(2, 10)}-${orderId.slice(-LENGTH).toUpperCase()}`;
}
