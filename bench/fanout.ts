import os from 'node:os';
import { Command } from 'commander';
import { LiveServerProcess, needFiles, PROGRESS, ViewersProcess } from '../tools/live/live-processes';
import { machine, table } from './report';

/**
 * How fast one message reaches thousands of sockets: a plain `ws` broadcast and our gateway, which executes each event
 * over three subgraphs first, in turns within one run and with the same client. Prints a table; never a timed test.
 */
interface Contender {
  readonly name: string;
  readonly server: 'ws' | 'gateway';
  readonly ids: 'own' | 'same';
}

const CONTENDERS: readonly Contender[] = [
  { name: 'raw ws broadcast', server: 'ws', ids: 'same' },
  { name: 'kaituan, ids as graphql-ws makes them', server: 'gateway', ids: 'own' },
  { name: 'kaituan, one id for all', server: 'gateway', ids: 'same' },
];
/** Events under way at once while throughput is measured: enough to keep both sides busy. */
const WINDOW = 4;

interface Figures {
  deliveries: number;
  seconds: number;
  cpuMicros: number;
  p50: number[];
  p99: number[];
  bytesEach: number;
  blockedMs: number;
}

class Running {
  readonly figures: Figures = {
    deliveries: 0,
    seconds: 0,
    cpuMicros: 0,
    p50: [],
    p99: [],
    bytesEach: 0,
    blockedMs: 0,
  };
  private version = 1;

  private constructor(
    readonly contender: Contender,
    private readonly viewers: number,
    private readonly server: LiveServerProcess,
    private readonly audience: ViewersProcess,
  ) {}

  static async start(contender: Contender, viewers: number): Promise<Running> {
    const server = await LiveServerProcess.start(contender.server);
    const audience = new ViewersProcess();
    const running = new Running(contender, viewers, server, audience);
    const open = (count: number): Promise<void> =>
      audience.open({
        url: server.url,
        count,
        ids: contender.ids,
        stuck: false,
        subscription: contender.server === 'ws' ? null : { query: PROGRESS, variables: {} },
      });
    // The first hundred warm the code up, so that what is counted are viewers.
    await open(100);
    await running.throughput(200);
    const before = await server.measure();
    await open(viewers - 100);
    await running.throughput(10);
    const after = await server.measure();
    running.figures.bytesEach = (after.rss - before.rss) / (viewers - 100);
    await audience.report();
    return running;
  }

  /** As fast as the viewers take it. */
  async throughput(rounds: number): Promise<void> {
    const last = this.version + rounds;
    for (let sent = 0; this.version < last; sent++) {
      if (sent >= WINDOW) await this.audience.everyone(this.version - WINDOW + 1);
      this.server.emit();
      this.version += 1;
    }
    await this.audience.everyone(last);
  }

  async turn(deliveries: number): Promise<void> {
    const { figures } = this;
    const rounds = Math.ceil(deliveries / this.viewers);
    await this.server.measure();
    const began = performance.now();
    await this.throughput(rounds);
    figures.seconds += (performance.now() - began) / 1_000;
    figures.deliveries += rounds * this.viewers;
    figures.cpuMicros += (await this.server.measure()).cpuMicros;
    await this.audience.report();
    // One event at a time, well apart: how long it takes from the event to the last viewers.
    await this.server.pace(200, 10);
    this.version += 10;
    await this.audience.everyone(this.version);
    const { p50, p99 } = await this.audience.report();
    figures.p50.push(p50);
    figures.p99.push(p99);
    figures.blockedMs = Math.max(figures.blockedMs, (await this.server.measure()).blockedMs);
  }

  async stop(): Promise<void> {
    await this.audience.stop();
    await this.server.stop();
  }
}

async function compare(viewers: number, turns: number, deliveries: number): Promise<void> {
  needFiles(viewers);
  const running: Running[] = [];
  try {
    for (const contender of CONTENDERS) running.push(await Running.start(contender, viewers));
    for (let turn = 0; turn < turns; turn++) for (const each of running) await each.turn(deliveries);
    print(
      viewers,
      running.map(({ contender, figures }) => ({ contender, figures })),
    );
  } finally {
    for (const each of running) await each.stop();
  }
}

function print(
  viewers: number,
  results: readonly { readonly contender: Contender; readonly figures: Figures }[],
): void {
  const rate = ({ deliveries, seconds }: Figures): number => deliveries / seconds;
  const cost = ({ cpuMicros, deliveries }: Figures): number => cpuMicros / deliveries;
  const floor = results[0]?.figures;
  const head = ['', 'deliveries/s', 'of raw', 'CPU µs each', 'of raw', 'p50 ms', 'p99 ms', 'blocked ms', 'kB a viewer'];
  const rows = results.map(({ contender, figures }) => [
    contender.name,
    Math.round(rate(figures)).toLocaleString('en'),
    floor ? (rate(figures) / rate(floor)).toFixed(2) : '',
    cost(figures).toFixed(1),
    floor ? (cost(figures) / cost(floor)).toFixed(2) : '',
    String(median(figures.p50)),
    String(median(figures.p99)),
    figures.blockedMs.toFixed(0),
    (figures.bytesEach / 1_024).toFixed(1),
  ]);
  console.log(`\n${viewers} viewers\n${table(head, rows)}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function main(): Promise<void> {
  const program = new Command('bench:fanout')
    .description('Compares our fan-out with a raw ws broadcast and prints a table.')
    .option('--viewers <list>', 'numbers of viewers, one table each', '1000,5000')
    .option('--turns <n>', 'how often each contender has its turn', '4')
    .option('--deliveries <n>', 'deliveries of a turn', '200000')
    .parse();
  const { viewers, turns, deliveries } = program.opts<{ viewers: string; turns: string; deliveries: string }>();
  console.log(`${machine()}; load ${os.loadavg()[0]?.toFixed(1)}`);
  console.log('One process serves, one plays all viewers, on the same cores; contenders take turns.');
  for (const count of viewers.split(',')) await compare(Number(count), Number(turns), Number(deliveries));
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
