import 'reflect-metadata';
import { Command, Option } from 'commander';
import { GOALS } from './proof/goals';
import { PROOF_SHAPES, type ProofShape } from './proof/shape';

const program = new Command('proof')
  .description(
    'Runs reliability goals against a real stack of its own and prints their figures; exits 0 only when all hold.',
  )
  .argument('[ids...]', 'goals to run, for example R1 R3')
  .option('--list', 'name the goals and stop')
  .option('--full', 'the full figures instead of a count small enough for CI')
  .option('--smoke', 'a few seconds only: whether the proof itself works')
  .addOption(
    new Option('--shape <shape>', 'all in one process, or each part a process of its own (R1, R3, R4)')
      .choices(PROOF_SHAPES)
      .default('embedded'),
  )
  .option('--seed <n>', 'replay a run', String(Date.now() % 1_000_000))
  .parse();
const { list, full, smoke, seed, shape } = program.opts<{
  list?: boolean;
  full?: boolean;
  smoke?: boolean;
  seed: string;
  shape: ProofShape;
}>();

async function main(): Promise<void> {
  const ids = program.args.map((id) => id.toUpperCase());
  const unknown = ids.filter((id) => !GOALS.some((goal) => goal.id === id));
  if (list || ids.length === 0 || unknown.length > 0) {
    for (const goal of GOALS) console.log(`${goal.id.padEnd(4)} ${goal.title}`);
    if (unknown.length > 0) throw new Error(`There is no goal ${unknown.join(', ')}; the list above has them all.`);
    if (!list) throw new Error('Name at least one goal, for example: npm run proof -- R1');
    return;
  }
  let broken = 0;
  for (const goal of GOALS.filter(({ id }) => ids.includes(id))) {
    const started = Date.now();
    const progress = (message: string): void => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${goal.id} ${message}`);
      else process.stderr.write(`${goal.id} ${message}\n`);
    };
    const { holds, figures, faults } = await goal.run({
      size: full ? 'full' : smoke ? 'smoke' : 'ci',
      seed: Number(seed),
      shape,
      progress,
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${goal.id} ${holds ? 'holds' : 'DOES NOT HOLD'}: ${figures}; seed ${seed}, ${seconds} s`);
    for (const fault of faults) console.log(`   - ${fault}`);
    if (!holds) broken += 1;
  }
  if (broken > 0) process.exitCode = 1;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
