import { KeyQueue } from './key-queue';

describe('KeyQueue', () => {
  it('should run work on one key in order, one at a time, past failures', async () => {
    const queue = new KeyQueue();
    const trace: string[] = [];
    let running = 0;
    const step = (name: string, fail = false) =>
      queue.run('a', async () => {
        running += 1;
        expect(running).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        trace.push(name);
        running -= 1;
        if (fail) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([step('1'), step('2', true), step('3')]);
    expect(trace).toEqual(['1', '2', '3']);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('should not make one key wait for another', async () => {
    const queue = new KeyQueue();
    let release = () => {};
    const blocked = queue.run(
      'a',
      () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    );
    await expect(queue.run('b', async () => 'free')).resolves.toBe('free');
    release();
    await blocked;
  });
});
