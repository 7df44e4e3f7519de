import { Long } from 'bson';
import type { Doc } from '../types';
import { fieldsOf, Kind, kindOf, textOf } from './kind';
import { LONG, numericType } from './numeric';
import { regexParts } from './regex';

/** A value in the shell notation of the server's error messages; long documents are cut. */
export function formatValue(value: unknown): string {
  const text = render(value);
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}

/** `{ a: 5 }`, as the server names an element in its messages. */
export function formatElement(name: string, value: unknown): string {
  return `{${name}: ${formatValue(value)}}`;
}

function render(value: unknown): string {
  switch (kindOf(value)) {
    case Kind.Missing:
      return 'undefined';
    case Kind.Null:
      return 'null';
    case Kind.Number:
      return numericType(value) === LONG ? `${value instanceof Long ? value.toString() : value}` : String(value);
    case Kind.String:
      return JSON.stringify(textOf(value));
    case Kind.Object:
      return renderObject(fieldsOf(value as Doc));
    case Kind.Array:
      return `[ ${(value as unknown[]).map(render).join(', ')} ]`;
    case Kind.ObjectId:
      return `ObjectId('${String(value)}')`;
    case Kind.Date:
      return `new Date(${(value as Date).getTime()})`;
    case Kind.Regex: {
      const { pattern, options } = regexParts(value);
      return `/${pattern}/${options}`;
    }
    case Kind.Binary:
      return 'BinData(...)';
    case Kind.MinKey:
      return 'MinKey';
    case Kind.MaxKey:
      return 'MaxKey';
    default:
      return String(value);
  }
}

function renderObject(doc: Doc): string {
  const fields = Object.keys(doc).map((key) => `${key}: ${render(doc[key])}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
