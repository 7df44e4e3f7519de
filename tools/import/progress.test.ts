import { PassThrough } from 'node:stream';
import { createProgress } from './progress';

describe('progress', () => {
  it('should be a line every two seconds where there is no terminal', () => {
    const stream = new PassThrough();
    let now = 0;
    const progress = createProgress(stream as unknown as NodeJS.WriteStream, () => now);
    for (const [time, done] of [
      [1000, 10],
      [2000, 20],
      [3000, 30],
      [4500, 50],
    ] as const) {
      now = time;
      progress.update(done, 100, `${done} products`);
    }
    progress.stop();
    expect(String(stream.read())).toBe('  20 %  20 products\n  50 %  50 products\n');
  });

  it('should be a bar on a terminal', () => {
    const stream = Object.assign(new PassThrough(), {
      isTTY: true,
      columns: 80,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    });
    const progress = createProgress(stream as unknown as NodeJS.WriteStream);
    progress.update(0, 100, '0 products');
    progress.update(50, 100, '5 products');
    progress.stop();
    expect(String(stream.read())).toContain('0 %  0 products');
  });
});
