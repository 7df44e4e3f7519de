import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ServerState } from './commands/context';
import { CursorTable } from './commands/cursor-table';
import { dispatch } from './commands/dispatch';
import { removeExpired } from './commands/expire';
import { FailPoints } from './commands/fail-point';
import { SET_NAME } from './commands/handshake';
import { SessionTable } from './sessions/session-table';
import { SnapshotReads } from './sessions/snapshot-reads';
import { Catalog } from './storage/catalog';
import { type Durability, Store } from './storage/store';
import { Connection } from './wire/connection';

export interface ServerOptions {
  readonly dataDir: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly durability: Durability;
  /** How often documents with a TTL index are looked at. */
  readonly expireEveryMs: number;
}

/** Longest path that every system takes for a unix socket, the final zero included. */
const MAX_SOCKET_PATH = 100;
const SWEEP_EVERY_MS = 60_000;

/** The server inside the worker thread: the store, the listening socket and the background work. */
export class EmbeddedMongo {
  private readonly connections = new Set<Connection>();
  private readonly listener: Server;
  private readonly timers: NodeJS.Timeout[] = [];
  private socketPath: string | undefined;

  private constructor(
    private readonly state: ServerState,
    private readonly options: ServerOptions,
  ) {
    this.listener = createServer((socket) => this.accept(socket));
  }

  static async start(options: ServerOptions): Promise<{ server: EmbeddedMongo; uri: string }> {
    const store = new Store(options.dataDir, options.durability);
    const catalog = new Catalog(store);
    const state: ServerState = {
      store,
      catalog,
      sessions: new SessionTable(store, catalog),
      cursors: new CursorTable(),
      snapshots: new SnapshotReads(store),
      failPoints: new FailPoints(),
      startedAt: new Date(),
      address: '',
    };
    const server = new EmbeddedMongo(state, options);
    const uri = await server.listen();
    server.startTimers();
    return { server, uri };
  }

  /** A unix socket in the data directory, which only its owner may open; a loopback port where that is not possible or not wanted. */
  private async listen(): Promise<string> {
    const { dataDir, host, port } = this.options;
    const path = join(dataDir, 'embedded.sock');
    if (host === undefined && port === undefined && process.platform !== 'win32' && path.length < MAX_SOCKET_PATH) {
      rmSync(path, { force: true });
      if (await this.tryListen({ path })) {
        chmodSync(path, 0o600);
        this.socketPath = path;
        this.state.address = path;
        return uriOf(encodeURIComponent(path));
      }
    }
    const address = host ?? '127.0.0.1';
    await this.listenOn({ host: address, port: port ?? 0 });
    const bound = this.listener.address();
    const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
    this.state.address = `${address.includes(':') ? `[${address}]` : address}:${actual}`;
    return uriOf(this.state.address);
  }

  /** Some file systems know no sockets. */
  private async tryListen(where: { path: string }): Promise<boolean> {
    try {
      await this.listenOn(where);
      return true;
    } catch {
      return false;
    }
  }

  private listenOn(where: { path: string } | { host: string; port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject);
      this.listener.listen(where, () => {
        this.listener.off('error', reject);
        resolve();
      });
    });
  }

  private accept(socket: Socket): void {
    const connection = new Connection(
      socket,
      (body, from) => dispatch(this.state, body, from),
      (closed) => {
        this.connections.delete(closed);
        this.state.sessions.left(closed.id);
      },
    );
    this.connections.add(connection);
  }

  private startTimers(): void {
    const every = (ms: number, work: () => void) => this.timers.push(setInterval(work, ms));
    every(SWEEP_EVERY_MS, () => {
      this.state.sessions.sweep(Date.now());
      this.state.cursors.sweep(Date.now());
    });
    every(
      this.options.expireEveryMs,
      () =>
        void removeExpired(this.state, new Date()).catch((error) =>
          console.error('[embedded] removing expired documents failed', error),
        ),
    );
  }

  /** Ends open transactions, waits for the last flush and closes the files. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    for (const connection of this.connections) connection.close();
    await closed;
    this.state.sessions.endAll();
    this.state.snapshots.releaseAll();
    await this.state.store.close();
    if (this.socketPath !== undefined) rmSync(this.socketPath, { force: true });
  }
}

function uriOf(address: string): string {
  return `mongodb://${address}/?replicaSet=${SET_NAME}&directConnection=true`;
}
