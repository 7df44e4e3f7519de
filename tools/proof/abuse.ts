import { type AuditResult, auditServer } from 'graphql-http';
import type { AbuseCase } from '../../gateway/testing/abuse/abuse-case';
import { ABUSE } from '../../gateway/testing/abuse/abuse-cases';
import { startAbused } from '../../gateway/testing/abuse/abuse-graph';
import { type Goal, type GoalOptions, outcome } from './goal';

/** Runs the cases four at a time: some wait for the door's own time limits. */
export async function runCases(door: string, cases: readonly AbuseCase[], url: string): Promise<string[]> {
  const faults: string[] = [];
  const left = [...cases];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { id, run } = next;
      const found = await run(url).catch((error: unknown) => [String(error)]);
      faults.push(...found.map((fault) => `${door} ${id}: ${fault}`));
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return faults;
}

/** The audits ask for types by introspection, which the abused gateway refuses. */
async function audited(): Promise<AuditResult[]> {
  const server = await startAbused({ introspection: true });
  try {
    return await auditServer({ url: `${server.gateway.url}/graphql`, fetchFn: fetch });
  } finally {
    await server.gateway.stop();
  }
}

async function run({ size, progress }: GoalOptions) {
  progress("graphql-http's audits");
  const audits = await audited();
  const server = await startAbused();
  try {
    const { url } = server.gateway;
    const counted = { ok: 0, notice: 0, warn: 0, error: 0 };
    const faults: string[] = [];
    for (const audit of audits) {
      counted[audit.status] += 1;
      if (audit.status === 'error') faults.push(`audit ${audit.id} ${audit.name}: ${audit.reason}`);
    }
    const sizes: string[] = [];
    for (const [door, all] of Object.entries(ABUSE)) {
      const cases = all.filter(({ slow }) => size !== 'smoke' || !slow);
      progress(`${cases.length} cases by ${door}`);
      faults.push(...(await runCases(door, cases, url)));
      sizes.push(`${cases.length} by ${door}`);
    }
    const notOk = audits.length - counted.ok;
    return outcome(
      `${audits.length} audits: ${counted.ok} ok, ${notOk} of them advice not taken, ${counted.error} errors; abuse cases ${sizes.join(', ')}`,
      faults,
    );
  } finally {
    await server.gateway.stop();
  }
}

/** S1: GraphQL over HTTP by the audits of graphql-http, and the abuse suite at both doors. */
export const abuse: Goal = { id: 'S1', title: 'the door under abuse', run };
