import { composeServices } from '@apollo/composition';
import { Command } from 'commander';
import { parse } from 'graphql';
import { cpuOf, ourExecutor, plainExecutor } from './gateway/executor';
import { type Measured, measure, median } from './gateway/measure';
import { installPeers, type Peer, startPeer } from './gateway/peers';
import { fixtureSubgraphs, WORKLOADS, type Workload } from './gateway/shop';
import { machine, table } from './report';

const options = new Command('bench:gateway')
  .description(
    'Compares federation gateways on the same subgraphs and data, interleaved in one run, and prints ratios.',
  )
  .option('--rounds <n>', 'how often every server is measured; the median counts', '5')
  .option('--seconds <n>', 'length of one measurement', '4')
  .option('--only <names>', 'letters of the servers to run, for example abc')
  .parse()
  .opts<{ rounds: string; seconds: string; only?: string }>();

const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Contestant {
  readonly letter: string;
  readonly name: string;
  start(context: Context): Promise<Peer>;
}

interface Context {
  readonly supergraph: string;
  /** JSON list of name, URL and SDL. */
  readonly subgraphs: string;
}

const CONTESTANTS: readonly Contestant[] = [
  {
    letter: 'a',
    name: '@apollo/gateway, HTTP subgraphs',
    start: ({ supergraph }) => startPeer('@apollo/gateway', 'stock-server.ts', { SUPERGRAPH: supergraph }),
  },
  {
    letter: 'b',
    name: 'ours, HTTP subgraphs',
    start: ({ subgraphs }) => startPeer('ours over HTTP', 'our-server.ts', { SUBGRAPHS: subgraphs, SHARING: 'on' }),
  },
  {
    letter: 'n',
    name: 'ours, HTTP subgraphs, no reads shared',
    start: ({ subgraphs }) => startPeer('ours over HTTP, alone', 'our-server.ts', { SUBGRAPHS: subgraphs }),
  },
  { letter: 'c', name: 'ours, in process', start: () => startPeer('ours in process', 'our-server.ts') },
  {
    letter: 'd',
    name: 'Hive Gateway, HTTP subgraphs',
    start: ({ supergraph }) => startPeer('Hive Gateway', 'hive.mjs', { SUPERGRAPH: supergraph }),
  },
  {
    letter: 'm',
    name: 'Mercurius, HTTP subgraphs',
    start: ({ subgraphs }) => startPeer('Mercurius', 'mercurius.mjs', { SUBGRAPHS: subgraphs }),
  },
  {
    letter: 'j',
    name: 'Mercurius with jit, HTTP subgraphs',
    start: ({ subgraphs }) => startPeer('Mercurius with jit', 'mercurius.mjs', { SUBGRAPHS: subgraphs, JIT: 'on' }),
  },
  { letter: 'e', name: 'graphql-js, one schema', start: () => startPeer('graphql-js', 'plain-server.ts') },
  { letter: 'f', name: 'node:http, the same bytes', start: () => startPeer('node:http', 'raw-server.ts') },
];

async function main(): Promise<void> {
  const chosen = CONTESTANTS.filter(({ letter }) => !options.only || options.only.includes(letter));
  if (chosen.some(({ letter }) => 'dmj'.includes(letter))) installPeers(say);
  const subgraphServer = await startPeer('subgraphs', 'subgraph-server.ts');
  const urls = JSON.parse(subgraphServer.url) as Record<string, string>;
  const subgraphs = fixtureSubgraphs().map(({ name, sdl }) => ({ name, sdl, url: urls[name] ?? '' }));
  const context: Context = { supergraph: supergraphOf(subgraphs), subgraphs: JSON.stringify(subgraphs) };
  const peers: Running[] = [];
  try {
    for (const contestant of chosen) {
      say(`Starting ${contestant.name} …`);
      peers.push({ contestant, peer: await contestant.start(context) });
    }
    console.log(`${machine()}; ${rounds} interleaved rounds of ${seconds} s, 16 connections, medians\n`);
    for (const workload of WORKLOADS) await compare(workload, await rightAnswers(workload, peers));
    await compareExecutors();
  } finally {
    for (const { peer } of peers) peer.stop();
    subgraphServer.stop();
  }
}

/** With the URLs at which the other gateways find the subgraphs. */
function supergraphOf(subgraphs: readonly { name: string; sdl: string; url: string }[]): string {
  const result = composeServices(subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })));
  if (result.errors) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.supergraphSdl;
}

interface Running {
  readonly contestant: Contestant;
  readonly peer: Peer;
}

/** Who answers something else than one plain schema does is not measured; that ours does is an error. */
async function rightAnswers(workload: Workload, running: readonly Running[]): Promise<readonly Running[]> {
  const variables = workload.variables[0] ?? {};
  const expected = JSON.stringify({ data: JSON.parse(await plainExecutor().run(workload, variables)).data });
  const right: Running[] = [];
  for (const one of running) {
    const response = await fetch(one.peer.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: workload.query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown };
    const answer = JSON.stringify({ data, errors });
    if (answer === expected) {
      right.push(one);
      continue;
    }
    const fault = `${one.contestant.name} answers "${workload.name}" differently: ${answer.slice(0, 300)}`;
    if (one.contestant.name.startsWith('ours')) throw new Error(fault);
    console.log(`Not measured: ${fault}\n`);
  }
  return right;
}

async function compare(workload: Workload, peers: readonly Running[]): Promise<void> {
  const measured = new Map<string, Measured[]>(peers.map(({ contestant }) => [contestant.letter, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { contestant, peer } of peers) {
      say(`${workload.name}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}, ${contestant.name}`);
      const result = await measure(peer, workload, round === 0 ? Math.min(seconds, 3) : seconds);
      // The first round compiles and fills caches.
      if (round > 0) measured.get(contestant.letter)?.push(result);
    }
  }
  const row = (letter: string) => {
    const all = measured.get(letter) ?? [];
    return {
      cpu: median(all.map(({ cpuMs }) => cpuMs)),
      rps: median(all.map(({ requestsPerSecond }) => requestsPerSecond)),
      p99: median(all.map(({ p99Ms }) => p99Ms)),
    };
  };
  const stock = row('a');
  console.log(`Workload "${workload.name}"`);
  console.log(
    table(
      ['', 'server', 'CPU ms/request', 'times (a) by CPU', 'requests/s', 'times (a) by requests', 'p99 ms'],
      peers.map(({ contestant: { letter, name } }) => {
        const { cpu, rps, p99 } = row(letter);
        return [
          letter,
          name,
          cpu.toFixed(3),
          (stock.cpu / cpu).toFixed(2),
          rps.toFixed(0),
          (rps / stock.rps).toFixed(2),
          p99.toFixed(1),
        ];
      }),
    ),
  );
}

async function compareExecutors(): Promise<void> {
  const executors = [plainExecutor(), ourExecutor()];
  console.log('At the executor, without a server: CPU ms from document and variables to the text of the answer');
  const rows: string[][] = [];
  for (const workload of WORKLOADS) {
    const samples = executors.map((): number[] => []);
    for (let round = 0; round <= rounds; round += 1) {
      for (const [index, executor] of executors.entries()) {
        const cpu = await cpuOf(executor, workload, round === 0 ? 2_000 : 3_000);
        if (round > 0) samples[index]?.push(cpu);
      }
    }
    const plain = median(samples[0] ?? []);
    for (const [index, executor] of executors.entries()) {
      const cpu = median(samples[index] ?? []);
      rows.push([workload.name, executor.name, cpu.toFixed(4), (plain / cpu).toFixed(2)]);
    }
  }
  console.log(table(['workload', 'executor', 'CPU ms', 'times graphql-js'], rows));
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
