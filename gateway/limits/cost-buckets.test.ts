import fc from 'fast-check';
import { addressName } from './address';
import { CostBucket, CostBuckets } from './cost-buckets';

const SIZE = { maximumAvailable: 100, restoreRate: 10 };

describe('a bucket of points', () => {
  it('should start full, be spent, and come back with time up to its maximum', () => {
    const bucket = new CostBucket(SIZE, 0);
    bucket.take(100);
    expect(bucket.level(0)).toBe(0);
    expect(bucket.level(2_500)).toBe(25);
    expect(bucket.level(60_000)).toBe(100);
  });

  it('should say how many whole seconds are missing', () => {
    const bucket = new CostBucket(SIZE, 0);
    expect(bucket.wait(100, 0)).toBe(0);
    bucket.take(95);
    expect([bucket.wait(5, 0), bucket.wait(6, 0), bucket.wait(15, 0), bucket.wait(16, 0)]).toEqual([0, 1, 1, 2]);
    expect(bucket.wait(16, 1_100)).toBe(0);
  });

  it('should take back what was not used, but never beyond its maximum', () => {
    const bucket = new CostBucket(SIZE, 0);
    bucket.take(40);
    bucket.giveBack(30);
    expect(bucket.level(0)).toBe(90);
    bucket.giveBack(1_000);
    expect(bucket.level(0)).toBe(100);
  });

  it('should neither give nor take when the clock is set back', () => {
    const bucket = new CostBucket(SIZE, 10_000);
    bucket.take(50);
    expect(bucket.level(5_000)).toBe(50);
    expect(bucket.level(6_000)).toBe(60);
  });

  it('should never let more through in a span than its size and what came back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ after: fc.nat(3_000), points: fc.integer({ min: 1, max: 100 }) }), { maxLength: 100 }),
        (requests) => {
          const bucket = new CostBucket(SIZE, 0);
          let now = 0;
          let spent = 0;
          for (const { after, points } of requests) {
            now += after;
            if (bucket.wait(points, now) > 0) continue;
            bucket.take(points);
            spent += points;
          }
          return spent <= SIZE.maximumAvailable + (now / 1_000) * SIZE.restoreRate + 1e-6;
        },
      ),
    );
  });

  it('should be the same for the same name', () => {
    const buckets = new CostBuckets();
    buckets.get('a', SIZE, 0).take(10);
    expect([buckets.get('a', SIZE, 0).level(0), buckets.get('b', SIZE, 0).level(0)]).toEqual([90, 100]);
  });
});

describe('the name of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('should be one for a whole network of IPv6: %s', (address, name) => {
    expect(addressName(address)).toBe(name);
  });
});
