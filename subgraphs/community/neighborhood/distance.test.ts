import fc from 'fast-check';
import { boundingBox, distanceMeters, type Point } from './distance';

const point: fc.Arbitrary<Point> = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

/** The point reached from `start` after `meters` on a great circle in the direction `bearing` (radians). */
function travel(start: Point, meters: number, bearing: number): Point {
  const angle = meters / 6_371_008.8;
  const latitude = (start.latitude * Math.PI) / 180;
  const longitude = (start.longitude * Math.PI) / 180;
  const there = Math.asin(
    Math.sin(latitude) * Math.cos(angle) + Math.cos(latitude) * Math.sin(angle) * Math.cos(bearing),
  );
  const turned =
    longitude +
    Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(latitude),
      Math.cos(angle) - Math.sin(latitude) * Math.sin(there),
    );
  return {
    latitude: (there * 180) / Math.PI,
    longitude: (((((turned * 180) / Math.PI + 180) % 360) + 360) % 360) - 180,
  };
}

describe('distanceMeters', () => {
  it('should know the way from Hong Kong to Guangzhou', () => {
    const hongKong = { latitude: 22.2793, longitude: 114.1628 };
    const guangzhou = { latitude: 23.1291, longitude: 113.2644 };
    expect(Math.round(distanceMeters(hongKong, guangzhou) / 1000)).toBe(132);
  });

  it('should be zero to oneself, the same both ways and at most half the globe', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        expect(distanceMeters(a, a)).toBe(0);
        expect(distanceMeters(a, b)).toBeCloseTo(distanceMeters(b, a), 3);
        expect(distanceMeters(a, b)).toBeLessThanOrEqual(20_015_115);
      }),
    );
  });

  it('should measure what was travelled', () => {
    fc.assert(
      fc.property(
        point,
        fc.integer({ min: 1, max: 50_000 }),
        fc.double({ min: 0, max: 6.28, noNaN: true }),
        (start, meters, bearing) => {
          expect(Math.abs(distanceMeters(start, travel(start, meters, bearing)) - meters)).toBeLessThan(0.5);
        },
      ),
    );
  });
});

describe('boundingBox', () => {
  const holds = (box: ReturnType<typeof boundingBox>, place: Point): boolean =>
    place.latitude >= box.south &&
    place.latitude <= box.north &&
    box.longitudes.some(({ west, east }) => place.longitude >= west && place.longitude <= east);

  it('should hold every point within the radius, at the poles and across the antimeridian too', () => {
    const edge: fc.Arbitrary<Point> = fc.record({
      latitude: fc.constantFrom(-90, -89.9, -60, 0, 22.3, 60, 89.8, 90),
      longitude: fc.constantFrom(-180, -179.99, 0, 114.1, 179.9, 180),
    });
    fc.assert(
      fc.property(
        fc.oneof(point, edge),
        fc.integer({ min: 1, max: 50_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 6.28, noNaN: true }),
        (centre, radius, share, bearing) => {
          expect(holds(boundingBox(centre, radius), travel(centre, radius * share, bearing))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('should leave out what is well outside', () => {
    const box = boundingBox({ latitude: 22.3, longitude: 114.1 }, 1000);
    expect(holds(box, { latitude: 22.32, longitude: 114.1 })).toBe(false);
    expect(holds(box, { latitude: 22.3, longitude: 114.12 })).toBe(false);
    expect(box.longitudes).toHaveLength(1);
  });
});
