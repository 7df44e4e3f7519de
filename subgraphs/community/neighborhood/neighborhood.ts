import { invalid, Refusal } from '../../../platform/user-errors/refusal';
import type { Point } from './distance';

export type NeighborhoodStatus = 'ACTIVE' | 'PAUSED';

/** What a merchant says of a neighborhood. */
export interface NeighborhoodFields {
  readonly name: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
  readonly centre: Point;
  /** How far from the centre it reaches. */
  readonly radiusMeters: number;
  /** Homes in the area; null when nobody counted. */
  readonly households: number | null;
}

export interface Neighborhood extends NeighborhoodFields {
  readonly id: string;
  readonly status: NeighborhoodStatus;
  readonly residentCount: number;
  readonly createdAt: Date;
}

/** The fields a change names; the others stay. */
export type NeighborhoodChange = Partial<NeighborhoodFields> & { readonly status?: NeighborhoodStatus };

export interface NearbyNeighborhood {
  readonly neighborhood: Neighborhood;
  readonly distanceMeters: number;
}

const RADIUS_METERS = { least: 50, most: 20_000 };
const MAX_HOUSEHOLDS = 1_000_000;
const MAX_TEXT = 100;

/** Searching further would read a whole city to find the nearest few. */
export const MAX_SEARCH_METERS = 50_000;

/** Checked and tidied: text trimmed, country code in capitals. Refuses with INVALID, naming the field. */
export function readNeighborhood(input: NeighborhoodFields): NeighborhoodFields {
  return {
    name: readText('name', input.name),
    city: readText('city', input.city),
    countryCode: readCountry(input.countryCode),
    centre: readCentre(input.centre),
    radiusMeters: readWhole('radiusMeters', input.radiusMeters, RADIUS_METERS),
    households: readHouseholds(input.households),
  };
}

/** The same rules for the fields that are present. */
export function readChange(input: NeighborhoodChange): NeighborhoodChange {
  return {
    ...(input.name === undefined ? {} : { name: readText('name', input.name) }),
    ...(input.city === undefined ? {} : { city: readText('city', input.city) }),
    ...(input.countryCode === undefined ? {} : { countryCode: readCountry(input.countryCode) }),
    ...(input.centre === undefined ? {} : { centre: readCentre(input.centre) }),
    ...(input.radiusMeters === undefined
      ? {}
      : { radiusMeters: readWhole('radiusMeters', input.radiusMeters, RADIUS_METERS) }),
    ...(input.households === undefined ? {} : { households: readHouseholds(input.households) }),
    ...(input.status === undefined ? {} : { status: input.status }),
  };
}

/** Whether both values lie on Earth. */
export function isPoint(point: Point): boolean {
  return Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180;
}

/** How cities are compared: width, case and surrounding space do not matter. */
export function cityKey(city: string): string {
  return city.normalize('NFKC').trim().toLowerCase();
}

export function paused(): Refusal {
  return new Refusal('NEIGHBORHOOD_PAUSED', 'This neighborhood takes no new residents for now.', {
    field: ['input', 'neighborhoodId'],
  });
}

function readText(field: string, value: string): string {
  const text = value.trim();
  if (text === '' || [...text].length > MAX_TEXT)
    throw invalid(['input', field], `The ${field} is 1 to ${MAX_TEXT} characters.`);
  return text;
}

function readCountry(value: string): string {
  const code = value.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(code))
    throw invalid(['input', 'countryCode'], 'The country is two letters of ISO 3166-1, for example HK.');
  return code;
}

function readCentre(point: Point): Point {
  if (!isPoint(point))
    throw invalid(['input', 'centre'], 'The latitude is -90 to 90 and the longitude -180 to 180 degrees.');
  return { latitude: point.latitude, longitude: point.longitude };
}

function readHouseholds(value: number | null): number | null {
  return value === null ? null : readWhole('households', value, { least: 0, most: MAX_HOUSEHOLDS });
}

function readWhole(field: string, value: number, range: { readonly least: number; readonly most: number }): number {
  if (!Number.isInteger(value) || value < range.least || value > range.most)
    throw invalid(['input', field], `${field} is a whole number from ${range.least} to ${range.most}.`);
  return value;
}
