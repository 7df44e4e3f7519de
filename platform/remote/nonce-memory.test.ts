import fc from 'fast-check';
import { NonceMemory } from './nonce-memory';
import { WINDOW_MS } from './signature';

const START = 1_000_000;

describe('the memory of nonces', () => {
  it('should accept each nonce once', () => {
    const memory = new NonceMemory(START);
    expect(memory.accept('a', START, START)).toBe(true);
    expect(memory.accept('a', START, START)).toBe(false);
    expect(memory.accept('b', START + 5, START + 5)).toBe(true);
  });

  it('should refuse what was signed before it began: a restart accepts no replay', () => {
    const memory = new NonceMemory(START);
    expect(memory.accept('a', START - 1, START)).toBe(false);
  });

  it('should forget what nobody could send again', () => {
    const memory = new NonceMemory(START);
    for (let at = 0; at < 100; at += 1) {
      const now = START + at * WINDOW_MS;
      expect(memory.accept(`n${at}`, now, now)).toBe(true);
      expect(memory.size).toBeLessThanOrEqual(4);
    }
  });

  it('should never accept a nonce twice within its window, however full it is', () => {
    const step = fc.record({
      pause: fc.nat(WINDOW_MS / 2),
      skew: fc.integer({ min: -WINDOW_MS, max: WINDOW_MS }),
      replay: fc.option(fc.nat(200)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const memory = new NonceMemory(START, 8);
        const accepted: { nonce: string; time: number }[] = [];
        let now = START;
        for (const [index, { pause, skew, replay }] of steps.entries()) {
          now += pause;
          const known = replay === null ? undefined : accepted[replay % Math.max(1, accepted.length)];
          if (known) {
            // The window itself refuses the others before the memory is asked.
            if (Math.abs(now - known.time) <= WINDOW_MS)
              expect(memory.accept(known.nonce, known.time, now)).toBe(false);
          } else if (memory.accept(`n${index}`, now + skew, now))
            accepted.push({ nonce: `n${index}`, time: now + skew });
          expect(memory.size).toBeLessThanOrEqual(8);
        }
      }),
    );
  });
});
