import { TopicBacklog } from './topic-backlog';

describe('the events of a topic that wait', () => {
  const event = (version: number, id: string | null = null) => ({
    event: { data: { version } },
    position: { id, version },
    since: version,
  });
  function backlog(most = 100) {
    const passedOver: number[] = [];
    return { passedOver, waiting: new TopicBacklog(most, (events) => passedOver.push(events)) };
  }
  const rest = (waiting: TopicBacklog): unknown[] => {
    const all: unknown[] = [];
    for (let next = waiting.take(); next; next = waiting.take()) all.push([next.position?.id, next.position?.version]);
    return all;
  };

  it('should come out as they came', () => {
    const { waiting, passedOver } = backlog();
    for (const version of [1, 3, 2]) waiting.add(event(version));
    expect(rest(waiting)).toEqual([
      [null, 1],
      [null, 3],
      [null, 2],
    ]);
    expect(passedOver).toEqual([]);
  });

  it('should come out as the newest of each id once they were held, the longest waiting id first', () => {
    const { waiting, passedOver } = backlog();
    for (const version of [1, 3, 2]) for (const id of ['a', 'b']) waiting.add(event(version, id));
    waiting.hold();
    waiting.add(event(4, 'b'));
    expect(rest(waiting)).toEqual([
      ['a', 3],
      ['b', 4],
    ]);
    expect(passedOver.reduce((sum, count) => sum + count)).toBe(5);
  });

  it('should hold no more than twice what it keeps, however many come while they are held', () => {
    const { waiting } = backlog();
    let most = 0;
    for (let version = 1; version <= 10_000; version++) {
      waiting.add(event(version, String(version % 3)));
      waiting.hold();
      most = Math.max(most, waiting.size);
    }
    expect(most).toBeLessThanOrEqual(7);
  });

  it('should make room by itself, and say when there is none to make', () => {
    const { waiting } = backlog(4);
    for (const version of [1, 2, 3, 4]) waiting.add(event(version));
    expect([waiting.size, waiting.isFull]).toEqual([1, false]);
    for (const id of ['a', 'b', 'c']) waiting.add(event(1, id));
    expect([waiting.size, waiting.isFull]).toEqual([4, true]);
  });
});
