import { failedToParse } from '../errors';
import { dateAt } from '../value/date';
import { formatValue } from '../value/format';
import { instantOf, timezone, utcInstant, wallClock } from './timezone';

export type DateUnit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

const MILLISECONDS: Readonly<Record<DateUnit, number | null>> = {
  year: null,
  quarter: null,
  month: null,
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};
const DAY = 86_400_000;

export function dateUnit(value: unknown, operator: string): DateUnit {
  if (typeof value === 'string' && Object.hasOwn(MILLISECONDS, value)) return value as DateUnit;
  throw failedToParse(`${operator} requires 'unit' to be a valid time unit, but found ${formatValue(value)}`);
}

/** The length of a unit of fixed length. @throws QueryError 9 for years, quarters and months */
export function unitMilliseconds(unit: DateUnit): number {
  const length = MILLISECONDS[unit];
  if (length === null) throw failedToParse(`unit must be 'week' or smaller, found: ${unit}`);
  return length;
}

function monthsIn(unit: DateUnit): number {
  return unit === 'year' ? 12 : unit === 'quarter' ? 3 : unit === 'month' ? 1 : 0;
}

/** Calendar units move the wall clock, a day beyond the month's end becomes its last; hours and less move the instant. */
export function addToDate(date: Date, unit: DateUnit, amount: number, zoneName: string): Date {
  const months = monthsIn(unit);
  if (months === 0 && unit !== 'week' && unit !== 'day') {
    return dateAt(date.getTime() + amount * unitMilliseconds(unit));
  }
  const zone = timezone(zoneName);
  const wall = wallClock(date.getTime(), zone);
  if (months === 0) return dateAt(instantOf(wall.getTime() + amount * unitMilliseconds(unit), zone));
  const total = wall.getUTCFullYear() * 12 + wall.getUTCMonth() + amount * months;
  const year = Math.floor(total / 12);
  const month = total - year * 12;
  const day = Math.min(wall.getUTCDate(), daysInMonth(year, month));
  const moved = utcInstant(year, month, day, 0, 0, 0, 0) + (wall.getTime() - startOfDay(wall.getTime()));
  return dateAt(instantOf(moved, zone));
}

function daysInMonth(year: number, month: number): number {
  return new Date(utcInstant(year, month + 1, 0, 0, 0, 0, 0)).getUTCDate();
}

function startOfDay(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** 0 for Sunday to 6 for Saturday, from a name or its first three letters. */
export function weekday(value: unknown, operator: string): number {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  const index = WEEKDAYS.findIndex((name) => name === text || name.slice(0, 3) === text);
  if (index < 0)
    throw failedToParse(
      `${operator} parameter 'startOfWeek' value is not a valid day of the week: ${formatValue(value)}`,
    );
  return index;
}

/** How many unit boundaries lie between two dates; negative where the end comes first. */
export function differenceOfDates(
  start: Date,
  end: Date,
  unit: DateUnit,
  zoneName: string,
  startOfWeek: number,
): number {
  const zone = timezone(zoneName);
  const from = wallClock(start.getTime(), zone);
  const to = wallClock(end.getTime(), zone);
  const months = monthsIn(unit);
  if (months > 0) {
    const index = (wall: Date): number => Math.floor((wall.getUTCFullYear() * 12 + wall.getUTCMonth()) / months);
    return index(to) - index(from);
  }
  if (unit === 'week') return weekIndex(to.getTime(), startOfWeek) - weekIndex(from.getTime(), startOfWeek);
  const length = unitMilliseconds(unit);
  if (unit === 'day') return Math.floor(to.getTime() / length) - Math.floor(from.getTime() / length);
  if (unit === 'millisecond') return end.getTime() - start.getTime();
  // Hours and less are counted along the instant, aligned to the zone's clock, so a change of clock adds none.
  const shift = from.getTime() - start.getTime();
  return Math.floor((end.getTime() + shift) / length) - Math.floor((start.getTime() + shift) / length);
}

/** Weeks since the epoch, which was a Thursday. */
function weekIndex(wall: number, startOfWeek: number): number {
  return Math.floor((Math.floor(wall / DAY) + 4 - startOfWeek) / 7);
}

const REFERENCE_YEAR = 2000;
/** 2000-01-01 was a Saturday. */
const REFERENCE_WEEKDAY = 6;

/** The start of the bin that holds the date; bins are counted from 2000-01-01 in the zone. */
export function truncateDate(date: Date, unit: DateUnit, bin: number, zoneName: string, startOfWeek: number): Date {
  const zone = timezone(zoneName);
  const wall = wallClock(date.getTime(), zone);
  const months = monthsIn(unit);
  if (months > 0) {
    const since = (wall.getUTCFullYear() - REFERENCE_YEAR) * 12 + wall.getUTCMonth();
    const start = Math.floor(since / (months * bin)) * months * bin;
    return dateAt(instantOf(utcInstant(REFERENCE_YEAR, start, 1, 0, 0, 0, 0), zone));
  }
  const length = unitMilliseconds(unit) * bin;
  let reference = utcInstant(REFERENCE_YEAR, 0, 1, 0, 0, 0, 0);
  if (unit === 'week') reference += ((startOfWeek - REFERENCE_WEEKDAY + 7) % 7) * DAY;
  if (unit === 'week' || unit === 'day') {
    const start = reference + Math.floor((wall.getTime() - reference) / length) * length;
    return dateAt(instantOf(start, zone));
  }
  const origin = instantOf(reference, zone);
  return dateAt(origin + Math.floor((date.getTime() - origin) / length) * length);
}

export interface IsoWeek {
  readonly year: number;
  readonly week: number;
  /** 1 for Monday to 7 for Sunday. */
  readonly day: number;
}

export function isoWeekOf(wall: Date): IsoWeek {
  const day = ((wall.getUTCDay() + 6) % 7) + 1;
  // The week belongs to the year of its Thursday.
  const thursday = new Date(wall.getTime() + (4 - day) * DAY);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - utcInstant(year, 0, 1, 0, 0, 0, 0)) / DAY / 7) + 1;
  return { year, week, day };
}

/** Midnight of a day given by ISO year, week and weekday, each of which may run over. */
export function isoWeekStart(year: number, week: number, day: number): number {
  const january4 = utcInstant(year, 0, 4, 0, 0, 0, 0);
  const monday = january4 - ((new Date(january4).getUTCDay() + 6) % 7) * DAY;
  return monday + ((week - 1) * 7 + (day - 1)) * DAY;
}

export function dayOfYear(wall: Date): number {
  return Math.floor((wall.getTime() - utcInstant(wall.getUTCFullYear(), 0, 1, 0, 0, 0, 0)) / DAY) + 1;
}

/** Weeks of the year from Sundays; the days before the first Sunday are week 0. */
export function weekOfYear(wall: Date): number {
  return Math.floor((dayOfYear(wall) + 6 - wall.getUTCDay()) / 7);
}
