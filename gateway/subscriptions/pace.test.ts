import { Pace } from './pace';

describe('the pace of a topic', () => {
  let now = 0;
  const pace = (perSecond: number, burst: number): Pace => {
    now = 1_000;
    return new Pace({ perSecond, burst }, () => now);
  };

  it('should give a burst at once and then its rate', () => {
    const turns = pace(5, 3);
    expect([turns.take(), turns.take(), turns.take(), turns.take()]).toEqual([true, true, true, false]);
    expect(turns.wait()).toBe(200);
    now += 199;
    expect([turns.wait(), turns.take()]).toEqual([1, false]);
    now += 1;
    expect([turns.wait(), turns.take(), turns.take()]).toEqual([0, true, false]);
  });

  it('should save up no more than a burst', () => {
    const turns = pace(5, 2);
    now += 3_600_000;
    expect([turns.take(), turns.take(), turns.take()]).toEqual([true, true, false]);
  });

  it('should give its rate over time, whatever the steps of the clock', () => {
    const turns = pace(4, 1);
    let taken = 0;
    for (let ms = 0; ms < 10_000; ms += 7) {
      if (turns.take()) taken += 1;
      now += 7;
    }
    expect(taken).toBe(40);
  });
});
