import { LiveServerProcess, needFiles, PROGRESS_ALONE, ViewersProcess } from '../live/live-processes';
import { type Goal, type GoalOptions, outcome } from './goal';

const FIGURES = {
  smoke: { stuck: 20, viewers: 10, perSecond: 100, seconds: 3 },
  ci: { stuck: 100, viewers: 50, perSecond: 200, seconds: 10 },
  full: { stuck: 100, viewers: 50, perSecond: 200, seconds: 60 },
};
/** Answers of some 3 kB: the system's own buffers are full after seconds, and from then on it is up to us. */
const NAME_CHARACTERS = 200;
const MOST_BYTES = 50 * 1024 * 1024;
/** Flat: the last half needs no more than what came before it. */
const FLAT_BYTES = 10 * 1024 * 1024;
const STUCK_WITHIN_S = 20;
const PARTS = 4;
const MOST_P99_MS = 500;

/**
 * Events are of one subgraph alone: this is about readers. The topic's rate is lifted, so that every event is executed and offered to everybody: with it, a stuck reader would
 * meet five states a second and hardly be noticed.
 */
async function run({ size, progress }: GoalOptions) {
  const { stuck, viewers, perSecond, seconds } = FIGURES[size];
  needFiles(stuck + viewers);
  const faults: string[] = [];
  const server = await LiveServerProcess.start('gateway', NAME_CHARACTERS);
  const reading = new ViewersProcess();
  const stopped = new ViewersProcess();
  try {
    const subscription = { query: PROGRESS_ALONE, variables: {} };
    const open = { url: server.url, ids: 'own' as const, subscription };
    await reading.open({ ...open, count: viewers, stuck: false });
    progress('warming up');
    // Before anybody is stuck: what the code itself needs is not theirs.
    await server.pace(1_000 / perSecond, perSecond * 2);
    const before = await server.measure();
    await reading.everyone(before.version);
    await reading.report();
    await stopped.open({ ...open, count: stuck, stuck: true });

    const growth: number[] = [];
    const look = async (): Promise<number> => {
      const measure = await server.measure();
      growth.push(measure.rss - before.rss);
      return measure.stats?.coalesced ?? 0;
    };
    // The system buffers for those who do not read; only when it has enough of it are they stuck.
    let coalesced = 0;
    for (let second = 1; second <= STUCK_WITHIN_S && size !== 'smoke'; second++) {
      const before = coalesced;
      await server.pace(1_000 / perSecond, perSecond);
      coalesced = await look();
      progress(`${coalesced - before} states passed over in second ${second}`);
      if (coalesced - before > 0.98 * stuck * perSecond) break;
    }
    for (let part = 1; part <= PARTS; part++) {
      progress(`part ${part} of ${PARTS}: ${stuck} stuck, ${viewers} reading, ${perSecond} events a second`);
      await server.pace(1_000 / perSecond, Math.round((perSecond * seconds) / PARTS));
      await look();
    }
    const { stats, version } = await server.measure();
    await reading.everyone(version);
    const { lost, p99, slowestVersion, wentBack } = await reading.report();
    const most = Math.max(...growth);
    // Those who are stuck are thrown out after two heartbeats and come back, so it goes up and down: its peaks count.
    const half = growth.length - PARTS / 2;
    const grew = Math.max(...growth.slice(half)) - Math.max(...growth.slice(0, half));
    if (most > MOST_BYTES) faults.push(`stuck readers cost ${megabytes(most)}, more than ${megabytes(MOST_BYTES)}`);
    if (grew > FLAT_BYTES) faults.push(`memory still grew by ${megabytes(grew)} in the last half`);
    // A test suite shares its machine with itself: seconds of smoke judge no time.
    if (size !== 'smoke' && p99 >= MOST_P99_MS) faults.push(`p99 of the others was ${p99} ms`);
    if (size !== 'smoke' && !stats?.coalesced) faults.push('no reader was ever so slow that it had to be passed over');
    if (lost > 0) faults.push(`${lost} readers lost their socket`);
    if (wentBack > 0) faults.push(`${wentBack} states did not rise`);
    if (slowestVersion !== version) faults.push(`a reader ended at ${slowestVersion} of ${version}`);
    return outcome(
      `${stuck} stuck sockets, ${perSecond} events/s for ${seconds} s: memory ${signed(most)} at most, ${signed(grew)} in the last half, ` +
        `p99 of ${viewers} others ${p99} ms, ${stats?.coalesced ?? 0} states passed over for stuck readers`,
      faults,
    );
  } finally {
    await Promise.all([reading.stop(), stopped.stop(), server.stop()]);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? '' : '+'}${megabytes(bytes)}`;
}

export const slowReader: Goal = {
  id: 'R13',
  title: 'Slow reader: sockets that stop reading cost nobody else anything',
  run,
};
