import { createBus } from '../bus/create-bus';
import { type Clock, systemClock } from '../clock/clock';
import type { Config } from '../config/config';
import { Idempotency } from '../idempotency/idempotency';
import { newId } from '../ids/id';
import { Jobs } from '../jobs/jobs';
import type { Log } from '../logging/log';
import { type Database, openDatabase } from '../mongo/database';
import { Inbox } from '../outbox/inbox';
import { traceCommands, tracedWork } from '../telemetry/traced';
import { noTracing, type Tracing } from '../telemetry/tracing';
import type { RunningSubgraph, Subgraph } from './define-subgraph';
import { createInternalClient, type InternalClient } from './internal-client';
import type { Kernel } from './kernel';
import type { SecretStore } from './secret-store';
import { SUBGRAPH_NAMES, type SubgraphDataSource, type SubgraphName } from './subgraph-port';

export interface RuntimeOptions<Subgraphs extends Readonly<Record<string, Subgraph>>> {
  readonly config: Config;
  readonly mongodbUri: string;
  readonly subgraphs: Subgraphs;
  readonly log: Log;
  readonly secrets: SecretStore;
  readonly clock?: Clock;
  /** Work and database commands become spans of the caller's trace. */
  readonly tracing?: Tracing;
  /** Whether this process relays events and runs due jobs by itself; tools and tests may prefer `settle`. */
  readonly workers: boolean;
  /** Whether other processes may work on the same databases. Default: whenever the database is not embedded in this one. */
  readonly shared?: boolean;
  /** How to ask a subgraph that does not run here; without it only those that do can be asked. */
  readonly elsewhere?: (name: SubgraphName) => SubgraphDataSource | undefined;
  /** Takes the place of other subgraphs in tests of one. */
  readonly internal?: InternalClient;
}

type Services<S> = S extends Subgraph<infer T> ? T : never;

/** Subgraphs running in this process, on one database server and one bus. */
export interface Runtime<Subgraphs extends Readonly<Record<string, Subgraph>>> {
  readonly running: { readonly [K in keyof Subgraphs]: RunningSubgraph<Services<Subgraphs[K]>> };
  readonly endpoints: readonly RunningSubgraph<unknown>[];
  readonly internal: (caller: string) => InternalClient;
  /** Tells the subgraphs under which address the gateway can be reached. */
  setPublicUrl(url: string): void;
  /** Publishes waiting events and runs due jobs until nothing is left to do now. */
  settle(): Promise<void>;
  /** Whether every database answers. */
  ping(): Promise<boolean>;
  stop(): Promise<void>;
}

export async function startRuntime<Subgraphs extends Readonly<Record<string, Subgraph>>>(
  options: RuntimeOptions<Subgraphs>,
): Promise<Runtime<Subgraphs>> {
  const clock = options.clock ?? systemClock;
  const tracing = options.tracing ?? noTracing;
  const shared = options.shared ?? options.config.mongodbUri !== null;
  const events = createBus({ redisUrl: options.config.redisUrl, shared, clock, log: options.log });
  const running = new Map<SubgraphName, RunningSubgraph<unknown>>();
  const databases: Database[] = [];
  const jobs: Jobs[] = [];
  let publicUrl = `http://${options.config.host}:${options.config.port}`;
  const internal = (caller: string): InternalClient =>
    options.internal ?? createInternalClient(caller, (name) => running.get(name) ?? options.elsewhere?.(name));

  const startOne = async (subgraph: Subgraph): Promise<void> => {
    const log = options.log.child({ subgraph: subgraph.name });
    const database = await openDatabase(options.mongodbUri, subgraph.name, { monitorCommands: tracing !== noTracing });
    if (tracing !== noTracing) traceCommands(database.connection, tracing);
    databases.push(database);
    const { bus, outbox } = events.host(subgraph.name, database, log);
    const due = new Jobs(database.connection, clock, log);
    const kernel: Kernel = {
      config: options.config,
      clock,
      newId,
      log,
      database,
      idempotency: new Idempotency(database, clock),
      outbox,
      inbox: new Inbox(database, clock),
      jobs: due,
      bus,
      internal: internal(subgraph.name),
      secrets: options.secrets,
      publicUrl: () => publicUrl,
    };
    jobs.push(due);
    const started = await subgraph.start(kernel);
    running.set(subgraph.name, tracing === noTracing ? started : tracedWork(started, tracing));
  };

  const stop = async (): Promise<void> => {
    await Promise.allSettled([...jobs, events].map((worker) => worker.stop()));
    await Promise.allSettled(databases.map((database) => database.close()));
  };

  try {
    await Promise.all(Object.values(options.subgraphs).map(startOne));
  } catch (error) {
    await stop();
    throw error;
  }
  if (options.workers) {
    await events.start();
    for (const due of jobs) due.start();
  }

  const endpoints = SUBGRAPH_NAMES.flatMap((name) => running.get(name) ?? []);
  return {
    running: Object.fromEntries(
      Object.entries(options.subgraphs).map(([key, subgraph]) => [key, running.get(subgraph.name)]),
    ) as Runtime<Subgraphs>['running'],
    endpoints,
    internal,
    setPublicUrl: (url) => {
      publicUrl = url;
    },
    async settle() {
      for (let quiet = false; !quiet; ) {
        const worked = [await events.drain(), ...(await Promise.all(jobs.map((due) => due.runDue())))];
        quiet = worked.every((count) => count === 0);
      }
    },
    async ping() {
      const answers = await Promise.allSettled(
        databases.map(
          (database) => database.connection.db?.command({ ping: 1 }) ?? Promise.reject(new Error('closed')),
        ),
      );
      return answers.every((answer) => answer.status === 'fulfilled');
    },
    stop,
  };
}
