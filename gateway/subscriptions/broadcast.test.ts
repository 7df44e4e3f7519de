import { Broadcast } from './broadcast';

describe('a broadcast', () => {
  const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

  it('should be done before it returns when it fits into a slice', () => {
    const got: number[] = [];
    void new Broadcast(1_000).to(range(5_000), (receiver) => got.push(receiver));
    expect(got).toEqual(range(5_000));
  });

  it('should let everything else have its turn between slices, and share them among rounds', async () => {
    const order: string[] = [];
    // No time at all: a slice is the 32 deliveries between two looks at the clock.
    const broadcast = new Broadcast(0);
    const rounds = [broadcast.to(range(64), () => order.push('a')), broadcast.to(range(33), () => order.push('b'))];
    setImmediate(() => order.push('other'));
    expect(order.join('')).toBe('a'.repeat(32));
    await Promise.all(rounds);
    expect(order.join('')).toBe(`${'a'.repeat(64)}other${'b'.repeat(33)}`);
  });

  it('should leave out who has gone and meet who came meanwhile', async () => {
    const here = new Set(range(40));
    const got: number[] = [];
    const done = new Broadcast(0).to(here, (receiver) => got.push(receiver));
    expect(got).toEqual(range(32));
    here.delete(35);
    here.add(100);
    await done;
    expect(got).toEqual([...range(35), 36, 37, 38, 39, 100]);
  });
});
