import { conversionFailure, locationError } from '../errors';
import { dayOfYear, isoWeekOf, isoWeekStart, weekOfYear } from './date-math';
import { type OffsetAt, utcInstant, wallClock } from './timezone';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const WRITERS: ReadonlyMap<string, (wall: Date, offset: number) => string> = new Map([
  ['d', (wall) => pad(wall.getUTCDate(), 2)],
  ['G', (wall) => pad(isoWeekOf(wall).year, 4)],
  ['H', (wall) => pad(wall.getUTCHours(), 2)],
  ['j', (wall) => pad(dayOfYear(wall), 3)],
  ['L', (wall) => pad(wall.getUTCMilliseconds(), 3)],
  ['m', (wall) => pad(wall.getUTCMonth() + 1, 2)],
  ['M', (wall) => pad(wall.getUTCMinutes(), 2)],
  ['S', (wall) => pad(wall.getUTCSeconds(), 2)],
  ['u', (wall) => String(isoWeekOf(wall).day)],
  ['U', (wall) => pad(weekOfYear(wall), 2)],
  ['V', (wall) => pad(isoWeekOf(wall).week, 2)],
  ['w', (wall) => String(wall.getUTCDay() + 1)],
  ['Y', (wall) => pad(wall.getUTCFullYear(), 4)],
  ['b', (wall) => (MONTHS[wall.getUTCMonth()] ?? '').slice(0, 3)],
  ['B', (wall) => MONTHS[wall.getUTCMonth()] ?? ''],
  ['z', (_wall, offset) => writeOffset(offset)],
  ['Z', (_wall, offset) => String(offset / 60_000)],
  ['%', () => '%'],
] as [string, (wall: Date, offset: number) => string][]);

function writeOffset(offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
}

/** Writes a date by a `%Y-%m-%d` style format. @throws QueryError 18536 for an unknown letter */
export function formatDate(date: Date, format: string, zone: OffsetAt): string {
  const wall = wallClock(date.getTime(), zone);
  const offset = zone(date.getTime());
  let text = '';
  for (let at = 0; at < format.length; at++) {
    const char = format[at] as string;
    if (char !== '%') {
      text += char;
      continue;
    }
    at += 1;
    const letter = format[at];
    if (letter === undefined) throw locationError(18535, "Unmatched '%' at end of format string");
    const write = WRITERS.get(letter);
    if (write === undefined) throw locationError(18536, `Invalid format character '%${letter}' in format string`);
    text += write(wall, offset);
  }
  return text;
}

/** A wall clock time, with the offset where the text gave one. */
export interface ParsedDate {
  readonly wall: number;
  readonly offset: number | null;
}

const READERS: ReadonlyMap<string, { pattern: string; name: string }> = new Map([
  ['d', { pattern: '\\d{1,2}', name: 'day' }],
  ['G', { pattern: '\\d{4}', name: 'isoYear' }],
  ['H', { pattern: '\\d{1,2}', name: 'hour' }],
  ['j', { pattern: '\\d{1,3}', name: 'dayOfYear' }],
  ['L', { pattern: '\\d{1,3}', name: 'millisecond' }],
  ['m', { pattern: '\\d{1,2}', name: 'month' }],
  ['M', { pattern: '\\d{1,2}', name: 'minute' }],
  ['S', { pattern: '\\d{1,2}', name: 'second' }],
  ['u', { pattern: '[1-7]', name: 'isoDay' }],
  ['V', { pattern: '\\d{1,2}', name: 'isoWeek' }],
  ['Y', { pattern: '\\d{4}', name: 'year' }],
  ['b', { pattern: '[A-Za-z]{3}', name: 'monthName' }],
  ['B', { pattern: '[A-Za-z]{3,9}', name: 'monthName' }],
  ['z', { pattern: 'Z|[+-]\\d{2}:?\\d{2}|[+-]\\d{2}', name: 'offset' }],
  ['Z', { pattern: '[+-]?\\d{1,4}', name: 'minutes' }],
]);

/** Reads a text by a format. @throws QueryError 241 where it does not fit */
export function parseDateByFormat(text: string, format: string): ParsedDate {
  const names: string[] = [];
  let pattern = '';
  for (let at = 0; at < format.length; at++) {
    const char = format[at] as string;
    if (char !== '%') {
      pattern += char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      continue;
    }
    at += 1;
    const letter = format[at] ?? '';
    if (letter === '%') pattern += '%';
    else {
      const reader = READERS.get(letter);
      if (reader === undefined) throw locationError(18536, `Invalid format character '%${letter}' in format string`);
      pattern += `(${reader.pattern})`;
      names.push(reader.name);
    }
  }
  const match = new RegExp(`^${pattern}$`).exec(text);
  if (match === null)
    throw conversionFailure(`Error parsing date string '${text}'; it does not match the format '${format}'`);
  return fromFields(new Map(names.map((name, at) => [name, match[at + 1] as string])), text);
}

function fromFields(fields: ReadonlyMap<string, string>, text: string): ParsedDate {
  const number = (name: string, otherwise: number): number => Number(fields.get(name) ?? otherwise);
  const time =
    ((number('hour', 0) * 60 + number('minute', 0)) * 60 + number('second', 0)) * 1000 + number('millisecond', 0);
  const offset = offsetOf(fields);
  if (fields.has('isoYear')) {
    return { wall: isoWeekStart(number('isoYear', 1970), number('isoWeek', 1), number('isoDay', 1)) + time, offset };
  }
  if (!fields.has('year'))
    throw conversionFailure(`an incomplete date/time string has been found, with elements missing: '${text}'`);
  const year = number('year', 1970);
  if (fields.has('dayOfYear')) return { wall: utcInstant(year, 0, number('dayOfYear', 1), 0, 0, 0, 0) + time, offset };
  const month = fields.has('monthName') ? monthIndex(fields.get('monthName') ?? '', text) : number('month', 1) - 1;
  const wall = utcInstant(year, month, number('day', 1), 0, 0, 0, 0);
  if (new Date(wall).getUTCMonth() !== month || number('hour', 0) > 24) {
    throw conversionFailure(`Error parsing date string '${text}'; the date is out of range`);
  }
  return { wall: wall + time, offset };
}

function monthIndex(name: string, text: string): number {
  const lower = name.toLowerCase();
  const index = MONTHS.findIndex((month) => month.toLowerCase() === lower || month.slice(0, 3).toLowerCase() === lower);
  if (index < 0) throw conversionFailure(`Error parsing date string '${text}'; unknown month '${name}'`);
  return index;
}

function offsetOf(fields: ReadonlyMap<string, string>): number | null {
  const minutes = fields.get('minutes');
  if (minutes !== undefined) return Number(minutes) * 60_000;
  const text = fields.get('offset');
  if (text === undefined) return null;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (match === null) return 0;
  const magnitude = (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000;
  return match[1] === '-' ? -magnitude : magnitude;
}

const ISO =
  /^(?<year>[+-]?\d{4,6})(?:-?(?<month>\d{2})(?:-?(?<day>\d{2}))?)?(?:[Tt ](?<hour>\d{2})(?::?(?<minute>\d{2})(?::?(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)?\s*(?<offset>[Zz]|[+-]\d{2}:?(?:\d{2})?)?)?$/;

/** Reads ISO 8601 in its common spellings, and what JavaScript's parser knows besides ("Feb 8 2017 10:00"). */
export function parseDate(text: string): ParsedDate {
  const trimmed = text.trim();
  const groups = ISO.exec(trimmed)?.groups;
  if (groups !== undefined) {
    const fields = new Map<string, string>();
    for (const [name, value] of Object.entries(groups)) {
      if (value === undefined) continue;
      if (name === 'fraction') fields.set('millisecond', value.slice(0, 3).padEnd(3, '0'));
      else fields.set(name, value);
    }
    return fromFields(fields, text);
  }
  const zoned = /(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})$/i.test(trimmed);
  const instant = /\d/.test(trimmed) ? Date.parse(zoned ? trimmed : `${trimmed} UTC`) : Number.NaN;
  if (Number.isNaN(instant))
    throw conversionFailure(`Error parsing date string '${text}'; could not be read as a date`);
  return { wall: instant, offset: zoned ? 0 : null };
}
