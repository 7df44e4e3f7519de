/** A place on Earth in degrees (WGS 84): latitude -90 to 90, longitude -180 to 180. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** Everything between two parallels and inside any of the longitude ranges (two when the box crosses the antimeridian). */
export interface BoundingBox {
  readonly south: number;
  readonly north: number;
  readonly longitudes: readonly { readonly west: number; readonly east: number }[];
}

/** Mean radius of the IUGG. */
const EARTH_RADIUS_METERS = 6_371_008.8;

// Rounding must never leave a point that lies exactly on the rim outside the box (about 1 cm).
const MARGIN_DEGREES = 1e-7;

/** Great-circle distance in meters (haversine; a sphere, so up to 0.6% off the ellipsoid). */
export function distanceMeters(a: Point, b: Point): number {
  const half =
    Math.sin(radians(b.latitude - a.latitude) / 2) ** 2 +
    Math.cos(radians(a.latitude)) *
      Math.cos(radians(b.latitude)) *
      Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The smallest box that holds every point within `radiusMeters` of `centre`. */
export function boundingBox(centre: Point, radiusMeters: number): BoundingBox {
  const angle = radiusMeters / EARTH_RADIUS_METERS;
  const reach = degrees(angle) + MARGIN_DEGREES;
  const south = centre.latitude - reach;
  const north = centre.latitude + reach;
  // A circle around a pole meets every meridian.
  if (south <= -90 || north >= 90) {
    return { south: Math.max(south, -90), north: Math.min(north, 90), longitudes: [{ west: -180, east: 180 }] };
  }
  const width = Math.sin(angle) / Math.cos(radians(centre.latitude));
  const sideways = width >= 1 ? 180 : degrees(Math.asin(width)) + MARGIN_DEGREES;
  return { south, north, longitudes: longitudeRanges(centre.longitude - sideways, centre.longitude + sideways) };
}

function longitudeRanges(west: number, east: number): BoundingBox['longitudes'] {
  if (east - west >= 360) return [{ west: -180, east: 180 }];
  // At the seam -180 and 180 are one meridian: a box that touches it must hold both spellings.
  if (west <= -180) {
    return [
      { west: -180, east },
      { west: west + 360, east: 180 },
    ];
  }
  if (east >= 180) {
    return [
      { west, east: 180 },
      { west: -180, east: east - 360 },
    ];
  }
  return [{ west, east }];
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}
