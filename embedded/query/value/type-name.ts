import { bsonTag, Kind, kindOf } from './kind';
import { isInt32Number } from './numeric';

/** BSON type numbers by the aliases `$type` takes. */
export const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['double', 1],
  ['string', 2],
  ['object', 3],
  ['array', 4],
  ['binData', 5],
  ['undefined', 6],
  ['objectId', 7],
  ['bool', 8],
  ['date', 9],
  ['null', 10],
  ['regex', 11],
  ['dbPointer', 12],
  ['javascript', 13],
  ['symbol', 14],
  ['javascriptWithScope', 15],
  ['int', 16],
  ['timestamp', 17],
  ['long', 18],
  ['decimal', 19],
  ['minKey', -1],
  ['maxKey', 127],
]);

/** The alias of a value's BSON type; 'missing' for undefined, as the `$type` expression says. */
export function typeName(value: unknown): string {
  switch (kindOf(value)) {
    case Kind.Missing:
      return 'missing';
    case Kind.Null:
      return 'null';
    case Kind.Number:
      return numberTypeName(value);
    case Kind.String:
      return typeof value === 'object' ? 'symbol' : 'string';
    case Kind.Object:
      return 'object';
    case Kind.Array:
      return 'array';
    case Kind.Binary:
      return 'binData';
    case Kind.ObjectId:
      return 'objectId';
    case Kind.Boolean:
      return 'bool';
    case Kind.Date:
      return 'date';
    case Kind.Timestamp:
      return 'timestamp';
    case Kind.Regex:
      return 'regex';
    case Kind.Code:
      return 'javascript';
    case Kind.CodeWithScope:
      return 'javascriptWithScope';
    case Kind.MinKey:
      return 'minKey';
    default:
      return 'maxKey';
  }
}

function numberTypeName(value: unknown): string {
  if (typeof value === 'number') return isInt32Number(value) ? 'int' : 'double';
  if (typeof value === 'bigint') return 'long';
  switch (bsonTag(value as object)) {
    case 'Int32':
      return 'int';
    case 'Long':
      return 'long';
    case 'Double':
      return 'double';
    default:
      return 'decimal';
  }
}
