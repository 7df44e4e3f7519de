import { runDifferential } from './differential';
import type { Graph } from './fixture';

/** What a test file ran, said once at its end: a differential that ran nothing must not look like one that agrees. */
export class Tally {
  private operations = 0;
  private withErrors = 0;
  private compiled = 0;
  private notOurs = 0;
  private readonly known = new Map<string, number>();

  /** Throws with every disagreement found, ready to be read. */
  async run(graph: Graph, seed: number, count: number): Promise<void> {
    const before = graph.federated.stats();
    const { operations, withErrors, stockFaults, faults } = await runDifferential({ graph, seed, count });
    const after = graph.federated.stats();
    this.operations += operations;
    this.withErrors += withErrors;
    this.compiled += after.compiled - before.compiled;
    this.notOurs += after.fallbacks - before.fallbacks;
    for (const [name, times] of Object.entries(stockFaults)) {
      this.known.set(name, (this.known.get(name) ?? 0) + times);
    }
    if (faults.length > 0) throw new Error(faults.join('\n\n'));
    if (after.compiled === before.compiled) throw new Error(`Our executor ran nothing of ${graph.name}.`);
  }

  print(what: string): void {
    const known = [...this.known].map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
    process.stdout.write(
      `differential, ${what}: ${this.operations} operations (${this.withErrors} with errors), ${this.compiled} runs by our ` +
        `executor and ${this.notOurs} left to Apollo's; known stock faults met: ${known}\n`,
    );
  }
}
