import { equal, sameData, type Written, writtenAnswer, writtenResult } from './comparison';
import { type Graph, requestOf } from './fixture';
import { misorderedPath } from './key-order';
import { type Disagreement, hasIntrospection, KNOWN_FAULTS, type KnownFault } from './known-faults';
import { type GeneratedOperation, generateOperation } from './operation-generator';
import { hashOf, Random } from './random';
import { shrink } from './shrinker';

export interface DifferentialRun {
  readonly graph: Graph;
  readonly seed: number;
  readonly count: number;
}

export interface DifferentialReport {
  readonly operations: number;
  readonly withErrors: number;
  /** Operations where the stock gateway is wrong, by the name of the known fault. */
  readonly stockFaults: Readonly<Record<string, number>>;
  /** Ready to be read; empty when both executors agree wherever they should. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 3;

/** Runs generated operations through both executors, ours cold and hot, and compares. */
export async function runDifferential({ graph, seed, count }: DifferentialRun): Promise<DifferentialReport> {
  const faults: string[] = [];
  const stockFaults: Record<string, number> = {};
  let withErrors = 0;
  let operations = 0;
  for (let index = 0; index < count && faults.length < MOST_FAULTS; index++) {
    const caseSeed = (seed * 1_000_003 + index + hashOf(graph.name)) >>> 0;
    const operation = generateOperation(graph.federated.publicSchema, new Random(caseSeed), {
      ids: graph.ids,
      // Without a truth to hold against, names the stock planner is known to confuse stay out.
      confusingNames: graph.truth !== null,
      // Executors that plan conditions differently ask an unreliable subgraph different things.
      conditions: !graph.wrapped,
      ...graph.size,
    });
    operations += 1;
    const verdict = await judge(graph, operation);
    if (verdict.stock.errors.length > 0) withErrors += 1;
    if (verdict.known) stockFaults[verdict.known.name] = (stockFaults[verdict.known.name] ?? 0) + 1;
    if (verdict.wrong === null) continue;
    const small = await shrink(graph.federated.publicSchema, operation, async (candidate) => {
      return (await judge(graph, candidate)).wrong === verdict.wrong;
    });
    faults.push(description(graph.name, caseSeed, small, await judge(graph, small)));
  }
  return { operations, withErrors, stockFaults, faults };
}

interface Verdict {
  /** What is wrong with our answer, or a stock fault no entry of the table explains; null when nothing is. */
  readonly wrong: string | null;
  /** The entry of the table that explains why the stock answer is wrong. */
  readonly known: KnownFault | null;
  readonly stock: Written;
  readonly ours: Written;
  readonly truth: Written | null;
}

/**
 * Where one schema over the same rows can tell the truth, ours must be it; elsewhere ours must be what the stock executor
 * answers. Keys stand in order. An entry of the table says where the stock answer is wrong and what is asked of ours.
 */
export async function judge(graph: Graph, operation: GeneratedOperation): Promise<Verdict> {
  const { federated } = graph;
  const schema = federated.publicSchema;
  const { document } = operation;
  const request = requestOf(operation);
  const stock = writtenAnswer(await federated.stockAnswer(request));
  const truth = graph.truth ? writtenResult(await graph.truth(operation)) : null;
  let verdict: Verdict | null = null;
  // Twice: what the first run leaves in caches must not change the second.
  for (const turn of ['first', 'second']) {
    const ours = writtenAnswer(await federated.answer(request));
    const stockIsRight = truth ? isTrue(stock, truth) : equal(stock, ours);
    const disagreement = { graph: graph.name, schema, document, stock, ours, truth };
    const known = stockIsRight ? null : (KNOWN_FAULTS.find((fault) => fault.explains(disagreement)) ?? null);
    const wrong = stockIsRight || known ? faultOf(disagreement, known) : 'a disagreement the table does not explain';
    verdict = { wrong: wrong && `${turn} run: ${wrong}`, known, stock, ours, truth };
    if (wrong) break;
  }
  if (!verdict) throw new Error('Nothing ran.');
  return verdict;

  function faultOf({ ours }: Disagreement, known: KnownFault | null): string | null {
    const asStock = equal(stock, ours);
    if (known?.ours === 'open' && asStock) return null;
    if (truth && !isTrue(ours, truth)) return 'not the truth';
    if (!truth && !known && !asStock) return 'not what the stock executor answers';
    // Operations that ask for the schema too are left to the stock executor, with its order.
    if (hasIntrospection(document)) return null;
    const misordered = misorderedPath(schema, document, operation.variables, ours.data);
    return misordered === null ? null : `keys out of order at ${misordered}`;
  }
}

function isTrue(answer: Written, truth: Written): boolean {
  return sameData(answer.data, truth.data) && answer.errors.length === truth.errors.length;
}

function description(graph: string, seed: number, operation: GeneratedOperation, verdict: Verdict): string {
  return [
    `${verdict.wrong} · fixture ${graph}, seed ${seed}`,
    operation.text,
    `variables ${JSON.stringify(operation.variables)}`,
    `stock: ${JSON.stringify(verdict.stock)}`,
    `ours:  ${JSON.stringify(verdict.ours)}`,
    ...(verdict.truth ? [`truth: ${JSON.stringify(verdict.truth)}`] : []),
  ].join('\n');
}
