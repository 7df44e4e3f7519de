import type { Clock } from '../../platform/clock/clock';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls when the clock says so, however far away that is; the returned function calls it off. */
export function atTime(time: Date, clock: Clock, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    const left = time.getTime() - clock.now().getTime();
    timer = setTimeout(left > LONGEST_TIMER_MS ? arm : act, Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
