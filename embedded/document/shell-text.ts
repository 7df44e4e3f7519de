import type { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import type { Doc } from './decode';

type BsonValue = Int32 | Double | Long | Decimal128 | ObjectId | Binary | Timestamp | BSONRegExp | Code;

/** A value the way MongoDB writes it into its messages: `{ a: 1, b: "x", _id: ObjectId('…') }`. */
export function shellText(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(shellText).join(', ')} ]`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (typeof value !== 'object') return String(value);
  if ('_bsontype' in value) return bsonText(value as BsonValue);
  const fields = Object.entries(value as Doc).map(([name, field]) => `${name}: ${shellText(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function bsonText(value: BsonValue): string {
  switch (value._bsontype) {
    case 'Int32':
      return String(value.value);
    case 'Double':
      return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
    case 'Long':
      return value.toString();
    case 'Decimal128':
      return `Decimal128('${value.toString()}')`;
    case 'ObjectId':
      return `ObjectId('${value.toHexString()}')`;
    case 'Binary':
      return value.sub_type === 4 && value.length() === 16
        ? `UUID("${value.toUUID().toString()}")`
        : `BinData(${value.sub_type}, ${Buffer.from(value.buffer.subarray(0, value.length())).toString('hex').toUpperCase()})`;
    case 'Timestamp':
      return `Timestamp(${value.t}, ${value.i})`;
    case 'BSONRegExp':
      return `/${value.pattern}/${value.options}`;
    case 'Code':
      return value.code;
    default:
      return (value as { _bsontype: string })._bsontype;
  }
}
