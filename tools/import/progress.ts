import { SingleBar } from 'cli-progress';

export interface Progress {
  /** `done` of `total` in any unit; `note` says it in words. */
  update(done: number, total: number, note: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 2000;

/** A bar for a terminal, a line now and then for anything else. Standard error, so that output stays clean. */
export function createProgress(
  stream: NodeJS.WriteStream = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  return stream.isTTY ? bar(stream) : lines(stream, now);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar({
    format: '  {bar} {percentage} %  {note}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    stream,
  });
  let started = false;
  return {
    update(done, total, note) {
      if (!started) single.start(total, done, { note });
      else single.update(done, { note });
      started = true;
    },
    stop: () => single.stop(),
  };
}

function lines(stream: NodeJS.WritableStream, now: () => number): Progress {
  let last = now();
  return {
    update(done, total, note) {
      if (now() - last < LINE_EVERY_MS) return;
      last = now();
      stream.write(`  ${total === 0 ? 100 : Math.floor((done / total) * 100)} %  ${note}\n`);
    },
    stop: () => undefined,
  };
}
