import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import mongoose from 'mongoose';
import { DEMO_PASSWORD } from '../demo-data/demo-data';
import { type Caller, GraphClient } from '../graph-client';
import { createCampaign } from '../shop/shopping';
import type { Person, ProofReply, ProofRequest } from './proof-server';
import { killEverything, type ProofShape } from './shape';

export interface Shelf {
  readonly variantId: string;
  readonly available: number;
}

/** A stack in a process of its own, filled with demo data, on a folder that goes with it. */
export class ProofShop {
  private constructor(
    private server: Server,
    private readonly dataDir: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly shape: ProofShape,
    readonly merchant: Caller,
  ) {}

  /** `environment` overrides what the configuration would be. */
  static async open(
    environment: Readonly<Record<string, string>> = {},
    shape: ProofShape = 'embedded',
  ): Promise<ProofShop> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-proof-'));
    const server = await startServer(dataDir, environment, shape);
    const token = await server.client.signIn('merchant@example.com', DEMO_PASSWORD);
    return new ProofShop(server, dataDir, environment, shape, { token });
  }

  get client(): GraphClient {
    return this.server.client;
  }

  get mongodbUri(): string {
    return this.server.mongodbUri;
  }

  /** kill -9 for every process and fresh ones on the same folder. The client and its address are new afterwards. */
  async restart(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.server.child.once('exit', () => resolve()));
    if (this.shape === 'distributed') killEverything(this.dataDir);
    this.server.child.kill('SIGKILL');
    await gone;
    this.server = await startServer(this.dataDir, this.environment, this.shape);
  }

  async people(count: number): Promise<readonly Person[]> {
    return (await this.ask({ kind: 'people', count }, 'people')).people;
  }

  /** Waits until every event is published and every due job has run. */
  async settle(): Promise<void> {
    await this.ask({ kind: 'settle' }, 'settled');
  }

  /** Variants with stock, each for one experiment. */
  async shelf(): Promise<readonly string[]> {
    const { products } = await this.client.data<{ products: { nodes: { variants: { nodes: { id: string }[] } }[] } }>(
      'query Shelf { products(first: 100) { nodes { variants(first: 10) { nodes { id } } } } }',
    );
    return products.nodes.flatMap(({ variants }) => variants.nodes.map(({ id }) => id));
  }

  /** A campaign at a low price that runs all day. */
  async campaign(variantId: string, size: number, more: Record<string, unknown> = {}): Promise<string> {
    const created = await createCampaign(this.client, this.merchant, {
      variantId,
      groupPrice: { amount: '1.00', currencyCode: 'HKD' },
      size,
      windowMinutes: 600,
      startsAt: new Date(Date.now() - 60_000).toISOString(),
      endsAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
      ...more,
    });
    return created.id;
  }

  /** Brings what is available of a variant to a number, as the merchant would. */
  async setStock(variantId: string, available: number): Promise<void> {
    const connection = await mongoose.createConnection(this.mongodbUri, { dbName: 'kaituan_catalog' }).asPromise();
    try {
      const level = await connection
        .collection<{ variantId: string; locationId: string; available: number }>('stock_levels')
        .findOne({ variantId });
      if (!level) throw new Error(`${variantId} has no stock level.`);
      const { stockAdjust } = await this.client.data<{ stockAdjust: { userErrors: { message: string }[] } }>(
        'mutation Adjust($input: StockAdjustInput!) { stockAdjust(input: $input) { userErrors { message } } }',
        {
          input: {
            variantId,
            locationId: level.locationId,
            delta: available - level.available,
            reason: 'proof',
            idempotencyKey: `proof-${variantId}-${available}`,
          },
        },
        this.merchant,
      );
      if (stockAdjust.userErrors[0]) throw new Error(stockAdjust.userErrors[0].message);
    } finally {
      await connection.close();
    }
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.server.child.once('exit', () => resolve()));
    this.server.child.send({ kind: 'stop' } satisfies ProofRequest);
    await gone;
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private ask<K extends ProofReply['kind']>(request: ProofRequest, kind: K): Promise<Extract<ProofReply, { kind: K }>> {
    const reply = next(this.server.child, kind);
    this.server.child.send(request);
    return reply;
  }
}

interface Server {
  readonly child: ChildProcess;
  readonly client: GraphClient;
  readonly mongodbUri: string;
}

const SCRIPTS = { embedded: 'proof-server.ts', distributed: 'distributed-proof-server.ts' };

async function startServer(
  dataDir: string,
  environment: Readonly<Record<string, string>>,
  shape: ProofShape,
): Promise<Server> {
  const child = fork(path.join(__dirname, SCRIPTS[shape]), {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      NODE_ENV: 'test',
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
      MONGODB_URI: '',
      ...environment,
    },
  });
  const { url, mongodbUri } = await next(child, 'ready');
  return { child, client: new GraphClient(url), mongodbUri };
}

function next<K extends ProofReply['kind']>(child: ChildProcess, kind: K): Promise<Extract<ProofReply, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onExit = (code: number | null): void => {
      done();
      reject(new Error(`The server of the proof ended with ${code}.`));
    };
    const onMessage = (reply: ProofReply): void => {
      done();
      if (reply.kind === kind) resolve(reply as Extract<ProofReply, { kind: K }>);
      else
        reject(new Error(reply.kind === 'failed' ? reply.message : `The server answered ${reply.kind}, not ${kind}.`));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
