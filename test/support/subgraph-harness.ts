import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'graphql';
import { startEmbedded } from '../../embedded';
import { ManualClock } from '../../platform/clock/clock';
import { type Config, readConfig } from '../../platform/config/config';
import { ANONYMOUS, type Identity, type Role } from '../../platform/context/identity';
import { newId } from '../../platform/ids/id';
import { silentLog } from '../../platform/logging/log';
import type { RunningSubgraph, Subgraph } from '../../platform/subgraph/define-subgraph';
import type { InternalClient } from '../../platform/subgraph/internal-client';
import { startRuntime } from '../../platform/subgraph/runtime';
import { MemorySecretStore } from '../../platform/subgraph/secret-store';
import type { SubgraphName } from '../../platform/subgraph/subgraph-port';

/** What the other subgraphs answer in a test of one: field name of the internal operation to its data. */
export type Fakes = Partial<Record<SubgraphName, Record<string, (variables: never) => unknown>>>;

export interface SubgraphHarness<Services> {
  readonly subgraph: RunningSubgraph<Services>;
  readonly services: Services;
  readonly clock: ManualClock;
  /** Every internal operation asked of other subgraphs, in order. */
  readonly asked: { subgraph: SubgraphName; operation: string; variables: Record<string, unknown> }[];
  /** Runs a GraphQL document on the subgraph; answers data and errors as a client would see them. */
  graph(
    document: string,
    variables?: Record<string, unknown>,
    identity?: Identity,
    // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field.
  ): Promise<{ data: any; errors: { message: string; code: string }[] }>;
  /** Publishes events and runs due jobs until all is quiet. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export function account(
  roles: readonly Role[] = ['CUSTOMER'],
  accountId = newId('acct'),
): Identity & { kind: 'account' } {
  return { kind: 'account', accountId, sessionId: newId('sess'), roles };
}

/** One subgraph on an embedded database of its own, with a clock the test moves and fakes for its neighbours. */
export async function startSubgraph<Services>(
  definition: Subgraph<Services>,
  options: { fakes?: Fakes; config?: Partial<Config>; clock?: ManualClock } = {},
): Promise<SubgraphHarness<Services>> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-test-'));
  const database = await startEmbedded({ dataDir, durability: 'relaxed' });
  // Ahead of the real clock, by which the database forgets what has a time to live.
  const clock = options.clock ?? new ManualClock(new Date('2050-06-01T08:00:00.000Z'));
  const asked: SubgraphHarness<Services>['asked'] = [];
  const internal: InternalClient = {
    async request(subgraph, document, variables) {
      const answer: Record<string, unknown> = {};
      for (const definitionNode of document.definitions) {
        if (definitionNode.kind !== 'OperationDefinition') continue;
        for (const selection of definitionNode.selectionSet.selections) {
          if (selection.kind !== 'Field') continue;
          const operation = selection.name.value;
          asked.push({ subgraph, operation, variables });
          const fake = options.fakes?.[subgraph]?.[operation];
          if (!fake) throw new Error(`The test has no answer for ${subgraph}.${operation}.`);
          answer[selection.alias?.value ?? operation] = await fake(variables as never);
        }
      }
      return answer as never;
    },
  };
  const runtime = await startRuntime({
    config: { ...readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir }), ...options.config },
    mongodbUri: database.uri,
    subgraphs: { it: definition },
    log: silentLog,
    secrets: new MemorySecretStore(),
    clock,
    workers: false,
    internal,
  });
  const subgraph = runtime.running.it as RunningSubgraph<Services>;
  return {
    subgraph,
    services: subgraph.services,
    clock,
    asked,
    async graph(document, variables = {}, identity = ANONYMOUS) {
      const result = await subgraph.execute({
        document: parse(document),
        variables,
        identity,
        requestId: newId('req'),
      });
      // As over the wire: plain JSON, no class instances.
      const data: unknown = JSON.parse(JSON.stringify(result.data ?? null));
      const errors = (result.errors ?? []).map((error) => ({
        message: error.message,
        code: String(error.extensions['code'] ?? 'GRAPHQL_VALIDATION_FAILED'),
      }));
      return { data, errors };
    },
    settle: runtime.settle,
    async stop() {
      await runtime.stop();
      await database.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
