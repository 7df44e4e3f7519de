import { locationError } from '../errors';
import { dateAt } from '../value/date';

/** Milliseconds that a zone's clock is ahead of UTC at an instant. */
export type OffsetAt = (instant: number) => number;

const utc: OffsetAt = () => 0;
const zones = new Map<string, OffsetAt>([
  ['UTC', utc],
  ['GMT', utc],
  ['Z', utc],
]);

/** An Olson name or an offset such as "+08:00". @throws QueryError 40485 for an unknown name */
export function timezone(name: string): OffsetAt {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = fixedOffset(name) ?? namedZone(name);
  zones.set(name, zone);
  return zone;
}

function fixedOffset(name: string): OffsetAt | null {
  const match = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(name);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  const offset = (match[1] === '-' ? -minutes : minutes) * 60_000;
  return () => offset;
}

function namedZone(name: string): OffsetAt {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw locationError(40485, `unrecognized time zone identifier: "${name}"`);
  }
  return (instant) => {
    const parts = new Map(format.formatToParts(dateAt(instant)).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
    const local = utcInstant(year, part('month') - 1, part('day'), part('hour'), part('minute'), part('second'), 0);
    return local - Math.floor(instant / 1000) * 1000;
  };
}

/** As Date.UTC, without its reading of the years 0 to 99 as 1900 to 1999. */
export function utcInstant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.setUTCHours(hour, minute, second, millisecond);
}

/** The zone's wall clock as a Date to be read by its UTC getters. */
export function wallClock(instant: number, zone: OffsetAt): Date {
  return new Date(instant + zone(instant));
}

/** The instant at which the zone's wall clock shows the time; in a gap, that time by the offset before it. */
export function instantOf(wall: number, zone: OffsetAt): number {
  const guess = wall - zone(wall);
  const second = wall - zone(guess);
  if (second === guess) return guess;
  return wall - zone(second) === second ? second : Math.max(guess, second);
}
