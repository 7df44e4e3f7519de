import { Int32 } from 'bson';
import { locationError } from '../errors';
import { compareText } from '../value/collation';
import { fieldsOf, isNullish, isObject, Kind, kindOf, textOf } from '../value/kind';
import { asInteger, numericType } from '../value/numeric';
import { typeName } from '../value/type-name';
import { binary, unary, variadic } from './arguments';
import { formatDate } from './date-format';
import { numberText } from './number-text';
import type { OperatorCompiler, OperatorTable } from './scope';
import { timezone } from './timezone';

/** String expressions; positions count code points (`…CP`) or UTF-8 bytes (`…Bytes`). */

/** The text of a value as `$toLower`, `$substr` and the like take it: null is empty, numbers and dates are written out. */
export function coercedText(value: unknown, name: string): string {
  if (isNullish(value)) return '';
  if (kindOf(value) === Kind.String) return textOf(value);
  if (numericType(value) !== 0) return numberText(value);
  if (value instanceof Date) return formatDate(value, '%Y-%m-%dT%H:%M:%S.%LZ', timezone('UTC'));
  throw locationError(16007, `can't convert from BSON type ${typeName(value)} to String (${name})`);
}

function requireText(value: unknown, code: number, message: (type: string) => string): string {
  if (kindOf(value) === Kind.String) return textOf(value);
  throw locationError(code, message(typeName(value)));
}

function concat(values: readonly unknown[]): unknown {
  let text = '';
  for (const value of values) {
    if (isNullish(value)) return null;
    text += requireText(value, 16702, (type) => `$concat only supports strings, not ${type}`);
  }
  return text;
}

/** ASCII letters only, as the server folds case here. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

const WHITESPACE = '\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a';

function trimming(left: boolean, right: boolean): OperatorCompiler {
  return (argument, scope, name) => {
    if (!isObject(argument))
      throw locationError(50696, `${name} only supports an object as an argument, found ${typeName(argument)}`);
    const fields = fieldsOf(argument);
    const unknown = Object.keys(fields).find((key) => key !== 'input' && key !== 'chars');
    if (unknown !== undefined) throw locationError(50694, `${name} found an unknown argument: ${unknown}`);
    if (!('input' in fields)) throw locationError(50695, `${name} requires an 'input' field`);
    const input = scope.compile(fields['input']);
    const chars = 'chars' in fields ? scope.compile(fields['chars']) : null;
    return (env) => {
      const value = input(env);
      if (isNullish(value)) return null;
      const text = requireText(value, 50699, (type) => `${name} requires its input to be a string, got a ${type}`);
      const cut = chars === null ? WHITESPACE : chars(env);
      if (isNullish(cut)) return null;
      const set = new Set(requireText(cut, 50700, (type) => `${name} requires 'chars' to be a string, got ${type}`));
      const points = [...text];
      let from = 0;
      let to = points.length;
      while (left && from < to && set.has(points[from] as string)) from += 1;
      while (right && to > from && set.has(points[to - 1] as string)) to -= 1;
      return points.slice(from, to).join('');
    };
  };
}

const split = binary((value, separator) => {
  if (isNullish(value) || isNullish(separator)) return null;
  const text = requireText(
    value,
    40085,
    (type) => `$split requires an expression that evaluates to a string as a first argument, found: ${type}`,
  );
  const mark = requireText(
    separator,
    40086,
    (type) => `$split requires an expression that evaluates to a string as a second argument, found: ${type}`,
  );
  if (mark === '') throw locationError(40087, '$split requires a non-empty separator');
  return text.split(mark);
});

function position(value: unknown, code: number, what: string): number {
  const whole = asInteger(value);
  if (whole === null) throw locationError(code, `${what} must be an integer, found ${typeName(value)}`);
  return whole;
}

const substringByPoints = variadic(
  ([value, from, count], name) => {
    const start = position(from, 34450, `${name}: starting index`);
    const length = position(count, 34452, `${name}: length`);
    if (start < 0) throw locationError(34455, `${name}: the starting index must be nonnegative integer.`);
    if (length < 0) throw locationError(34454, `${name}: length must be a nonnegative integer.`);
    return [...coercedText(value, name)].slice(start, start + length).join('');
  },
  3,
  3,
);

const substringByBytes = variadic(
  ([value, from, count], name) => {
    const bytes = Buffer.from(coercedText(value, name), 'utf8');
    const start = position(from, 16034, `${name}: starting index`);
    const length = position(count, 16035, `${name}: length`);
    if (start < 0) throw locationError(50752, `${name}: starting index must be non-negative (got: ${start})`);
    const end = length < 0 ? bytes.length : Math.min(bytes.length, start + length);
    if (isContinuation(bytes[start]))
      throw locationError(28656, `${name}:  Invalid range, starting index is a UTF-8 continuation byte.`);
    if (isContinuation(bytes[end]))
      throw locationError(28657, `${name}:  Invalid range, ending index is in the middle of a UTF-8 character.`);
    return start >= bytes.length ? '' : bytes.toString('utf8', start, end);
  },
  3,
  3,
);

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

const indexOf = (bytes: boolean): OperatorCompiler =>
  variadic(
    ([value, token, from, to], name) => {
      if (isNullish(value)) return null;
      const text = requireText(
        value,
        40091,
        (type) => `${name} requires a string as the first argument, found: ${type}`,
      );
      const sought = requireText(
        token,
        40092,
        (type) => `${name} requires a string as the second argument, found: ${type}`,
      );
      const start = from === undefined ? 0 : position(from, 40096, `${name}: starting index`);
      const end = to === undefined ? Number.POSITIVE_INFINITY : position(to, 40096, `${name}: ending index`);
      if (start < 0 || end < 0) throw locationError(40097, `${name} requires a nonnegative index`);
      return new Int32(bytes ? byteIndex(text, sought, start, end) : pointIndex(text, sought, start, end));
    },
    2,
    4,
  );

function byteIndex(text: string, sought: string, start: number, end: number): number {
  const bytes = Buffer.from(text, 'utf8');
  if (start > bytes.length || end < start) return -1;
  const limit = Math.min(end, bytes.length);
  const found = bytes.subarray(0, limit).indexOf(sought, start, 'utf8');
  return found;
}

function pointIndex(text: string, sought: string, start: number, end: number): number {
  const points = [...text];
  if (start > points.length || end < start) return -1;
  const span = points.slice(start, end).join('');
  const found = span.indexOf(sought);
  return found < 0 ? -1 : start + [...span.slice(0, found)].length;
}

const replacing =
  (all: boolean): OperatorCompiler =>
  (argument, scope, name) => {
    if (!isObject(argument))
      throw locationError(51751, `${name} requires an object as an argument, found: ${typeName(argument)}`);
    const fields = fieldsOf(argument);
    const parts = ['input', 'find', 'replacement'].map((part, at) => {
      if (!(part in fields)) throw locationError(51749 - at, `${name} requires '${part}' to be specified`);
      return scope.compile(fields[part]);
    });
    const unknown = Object.keys(fields).find((key) => !['input', 'find', 'replacement'].includes(key));
    if (unknown !== undefined) throw locationError(51750, `${name} found an unknown argument: ${unknown}`);
    return (env) => {
      const values = parts.map((part) => part(env));
      const texts = values.map((value, at) =>
        isNullish(value)
          ? null
          : requireText(
              value,
              51746 - at,
              (type) => `${name} requires that '${['input', 'find', 'replacement'][at]}' be a string, found: ${type}`,
            ),
      );
      const [input = null, find = null, replacement = null] = texts;
      if (input === null || find === null || replacement === null) return null;
      // A function keeps `$` in the replacement from meaning anything.
      return all ? input.replaceAll(find, () => replacement) : input.replace(find, () => replacement);
    };
  };

const caseInsensitiveOrder = binary((a, b, name) => {
  const order = compareText(upper(coercedText(a, name)), upper(coercedText(b, name)));
  return new Int32(Math.sign(order));
});

const lengthInPoints = unary(
  (value) =>
    new Int32([...requireText(value, 34471, (type) => `$strLenCP requires a string argument, found: ${type}`)].length),
);
const lengthInBytes = unary(
  (value) =>
    new Int32(
      Buffer.byteLength(requireText(value, 34473, (type) => `$strLenBytes requires a string argument, found: ${type}`)),
    ),
);

export const STRING_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$concat', variadic(concat)],
  ['$toLower', unary((value, name) => lower(coercedText(value, name)))],
  ['$toUpper', unary((value, name) => upper(coercedText(value, name)))],
  ['$trim', trimming(true, true)],
  ['$ltrim', trimming(true, false)],
  ['$rtrim', trimming(false, true)],
  ['$split', split],
  ['$substrCP', substringByPoints],
  ['$substrBytes', substringByBytes],
  ['$substr', substringByBytes],
  ['$strLenCP', lengthInPoints],
  ['$strLenBytes', lengthInBytes],
  ['$indexOfCP', indexOf(false)],
  ['$indexOfBytes', indexOf(true)],
  ['$replaceOne', replacing(false)],
  ['$replaceAll', replacing(true)],
  ['$strcasecmp', caseInsensitiveOrder],
]);
