import { bsonType } from 'bson';
import type { Doc } from '../types';

/** BSON's canonical sort classes, in order; values of different classes never compare equal. */
export const Kind = {
  MinKey: -1,
  Missing: 0,
  Null: 5,
  Number: 10,
  String: 15,
  Object: 20,
  Array: 25,
  Binary: 30,
  ObjectId: 35,
  Boolean: 40,
  Date: 45,
  Timestamp: 47,
  Regex: 50,
  Code: 60,
  CodeWithScope: 65,
  MaxKey: 127,
} as const;

export type KindOf = (typeof Kind)[keyof typeof Kind];

const objectPrototype = Object.prototype;

/**
 * The tag of a BSON class instance, else undefined. Read through the symbol and not `_bsontype`, which a stored
 * document could carry as an ordinary field and so pass itself off as a number.
 */
export function bsonTag(value: object): string | undefined {
  return (value as { [bsonType]?: string })[bsonType];
}

export function kindOf(value: unknown): KindOf {
  switch (typeof value) {
    case 'string':
    case 'symbol':
      return Kind.String;
    case 'number':
    case 'bigint':
      return Kind.Number;
    case 'boolean':
      return Kind.Boolean;
    case 'undefined':
      return Kind.Missing;
    case 'function':
      return Kind.Code;
    default:
      return value === null ? Kind.Null : kindOfObject(value as object);
  }
}

function kindOfObject(value: object): KindOf {
  if (Object.getPrototypeOf(value) === objectPrototype) return Kind.Object;
  if (Array.isArray(value)) return Kind.Array;
  switch (bsonTag(value)) {
    case 'Int32':
    case 'Double':
    case 'Long':
    case 'Decimal128':
      return Kind.Number;
    case 'ObjectId':
      return Kind.ObjectId;
    case 'Binary':
      return Kind.Binary;
    case 'BSONRegExp':
      return Kind.Regex;
    case 'Timestamp':
      return Kind.Timestamp;
    case 'MinKey':
      return Kind.MinKey;
    case 'MaxKey':
      return Kind.MaxKey;
    case 'BSONSymbol':
      return Kind.String;
    case 'Code':
      return (value as { scope?: unknown }).scope ? Kind.CodeWithScope : Kind.Code;
    default:
      if (value instanceof Date) return Kind.Date;
      if (value instanceof RegExp) return Kind.Regex;
      if (value instanceof Uint8Array) return Kind.Binary;
      return Kind.Object;
  }
}

/** An embedded document: not an array, not a BSON class instance (a DBRef, which bson makes of `$ref`, does count). */
export function isObject(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.getPrototypeOf(value) === objectPrototype || kindOfObject(value) === Kind.Object)
  );
}

export function isNumber(value: unknown): boolean {
  return kindOf(value) === Kind.Number;
}

export function isNullish(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function isRegex(value: unknown): boolean {
  return typeof value === 'object' && value !== null && kindOfObject(value) === Kind.Regex;
}

/** The text of a string or of the deprecated BSON symbol, which orders and matches as a string. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String((value as { value?: unknown }).value ?? '');
}

/** bson turns `{ $ref, $id }` into a DBRef; this gives its fields back, and any other document unchanged. */
export function fieldsOf(value: object): Doc {
  if (Object.getPrototypeOf(value) === objectPrototype || bsonTag(value) !== 'DBRef') return value as Doc;
  const ref = value as { collection: string; oid: unknown; db?: string; fields: Doc };
  return { $ref: ref.collection, $id: ref.oid, ...(ref.db ? { $db: ref.db } : {}), ...ref.fields };
}
