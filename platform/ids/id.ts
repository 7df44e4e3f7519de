import { TypeID, typeid } from 'typeid-js';

/** Type-prefixed, sortable, opaque ids (TypeID: a UUIDv7 in base32), for example `prod_01k9zq3v5ee2q9y8m6w0h2n4rt`. */
export type IdFactory = (prefix: string) => string;

export const newId: IdFactory = (prefix) => typeid(prefix).toString();

/** Whether `value` is a well-formed id of that kind; a foreign or malformed id is simply "not found". */
export function isId(prefix: string, value: string): boolean {
  try {
    return TypeID.fromString(value).getType() === prefix;
  } catch {
    return false;
  }
}
