import { mongo } from 'mongoose';
import type { MatchContext } from './match';
import { NotRunHere } from './not-run-here';
import type { Plain } from './suite';

export interface ClientEntity {
  readonly client: mongo.MongoClient;
  readonly commandEvents: Plain[];
  readonly poolEvents: Plain[];
}

const POOL_EVENTS: Record<string, string> = {
  connectionPoolReady: 'poolReadyEvent',
  connectionPoolCleared: 'poolClearedEvent',
  connectionPoolCreated: 'poolCreatedEvent',
  connectionPoolClosed: 'poolClosedEvent',
  connectionCreated: 'connectionCreatedEvent',
  connectionReady: 'connectionReadyEvent',
  connectionClosed: 'connectionClosedEvent',
  connectionCheckOutStarted: 'connectionCheckOutStartedEvent',
  connectionCheckOutFailed: 'connectionCheckOutFailedEvent',
  connectionCheckedOut: 'connectionCheckedOutEvent',
  connectionCheckedIn: 'connectionCheckedInEvent',
};

/** Sent by the runner itself or by the handshake, and never part of what a case expects. */
const UNSEEN = new Set([
  'configureFailPoint',
  'hello',
  'isMaster',
  'ismaster',
  'saslStart',
  'saslContinue',
  'authenticate',
  'getnonce',
]);

/** The clients, databases, collections and sessions that one case has named. */
export class Entities implements MatchContext {
  readonly clients = new Map<string, ClientEntity>();
  readonly databases = new Map<string, mongo.Db>();
  readonly collections = new Map<string, mongo.Collection>();
  readonly sessions = new Map<string, mongo.ClientSession>();
  readonly saved = new Map<string, unknown>();
  private readonly sessionIds = new Map<string, unknown>();

  constructor(private readonly uri: string) {}

  async create(specs: readonly Plain[]): Promise<void> {
    for (const spec of specs) {
      const [kind = ''] = Object.keys(spec);
      const options = spec[kind] as Plain;
      const id = String(options['id']);
      if (kind === 'client') await this.createClient(id, options);
      else if (kind === 'database')
        this.databases.set(
          id,
          this.client(String(options['client'])).client.db(
            String(options['databaseName']),
            concerns(options['databaseOptions']),
          ),
        );
      else if (kind === 'collection')
        this.collections.set(
          id,
          this.database(String(options['database'])).collection(
            String(options['collectionName']),
            concerns(options['collectionOptions']),
          ),
        );
      else if (kind === 'session') this.createSession(id, options);
      else throw new NotRunHere(`${kind} entities`);
    }
  }

  private async createClient(id: string, options: Plain): Promise<void> {
    if (options['autoEncryptOpts'] !== undefined) throw new NotRunHere('encryption');
    const uriOptions = { ...(options['uriOptions'] as Plain | undefined) };
    const serverApi = options['serverApi'] as mongo.ServerApi | undefined;
    const text = new URLSearchParams(
      Object.entries(uriOptions).map(([name, value]) => [name, String(value)]),
    ).toString();
    const client = new mongo.MongoClient(text === '' ? this.uri : `${this.uri}&${text}`, {
      monitorCommands: true,
      serverSelectionTimeoutMS: 5000,
      heartbeatFrequencyMS: 1000,
      ...(serverApi === undefined ? {} : { serverApi }),
    });
    const entity: ClientEntity = { client, commandEvents: [], poolEvents: [] };
    const observed = new Set(options['observeEvents'] as string[] | undefined);
    const ignored = new Set([...UNSEEN, ...((options['ignoreCommandMonitoringEvents'] as string[] | undefined) ?? [])]);
    const note = (kind: string, event: { commandName: string }) => {
      if (observed.has(kind) && !ignored.has(event.commandName)) entity.commandEvents.push({ [kind]: copyOf(event) });
    };
    client.on('commandStarted', (event) => note('commandStartedEvent', event));
    client.on('commandSucceeded', (event) => note('commandSucceededEvent', event));
    client.on('commandFailed', (event) => note('commandFailedEvent', event));
    for (const [name, kind] of Object.entries(POOL_EVENTS))
      client.on(
        name as never,
        ((event: unknown) => observed.has(kind) && entity.poolEvents.push({ [kind]: event })) as never,
      );
    this.clients.set(id, entity);
    await client.connect();
  }

  private createSession(id: string, options: Plain): void {
    const { defaultTransactionOptions, ...rest } = (options['sessionOptions'] as Plain | undefined) ?? {};
    const session = this.client(String(options['client'])).client.startSession({
      ...rest,
      ...(defaultTransactionOptions === undefined
        ? {}
        : { defaultTransactionOptions: transactionOptions(defaultTransactionOptions as Plain) }),
    });
    this.sessions.set(id, session);
    this.sessionIds.set(id, session.id);
  }

  client(id: string): ClientEntity {
    return found(this.clients.get(id), id);
  }

  database(id: string): mongo.Db {
    return found(this.databases.get(id), id);
  }

  collection(id: string): mongo.Collection {
    return found(this.collections.get(id), id);
  }

  session(id: string): mongo.ClientSession {
    return found(this.sessions.get(id), id);
  }

  entity(name: string): unknown {
    return this.saved.get(name);
  }

  sessionId(name: string): unknown {
    return this.sessionIds.get(name);
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values()) await session.endSession().catch(() => undefined);
    for (const { client } of this.clients.values()) await client.close();
  }
}

/** As it is now: the driver goes on changing the objects it has shown. */
function copyOf(event: { commandName: string; command?: mongo.BSON.Document }): Plain {
  const { command } = event;
  const copy = { ...(event as unknown as Plain) };
  if (command === undefined) return copy;
  copy['command'] = mongo.BSON.deserialize(mongo.BSON.serialize(command, { ignoreUndefined: true }));
  return { ...copy, databaseName: (event as unknown as Plain)['databaseName'] };
}

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw new NotRunHere(`an entity ${id}`);
  return value;
}

function concerns(options: unknown): Plain {
  const { readPreference, ...rest } = (options as Plain | undefined) ?? {};
  return { ...rest, ...(readPreference === undefined ? {} : { readPreference: readPreferenceOf(readPreference) }) };
}

export function readPreferenceOf(value: unknown): mongo.ReadPreference {
  const { mode, tagSets, ...rest } = value as { mode: string; tagSets?: mongo.TagSet[] };
  return new mongo.ReadPreference(mode as mongo.ReadPreferenceMode, tagSets, rest);
}

export function transactionOptions(options: Plain): mongo.TransactionOptions {
  const { readPreference, ...rest } = options;
  return { ...rest, ...(readPreference === undefined ? {} : { readPreference: readPreferenceOf(readPreference) }) };
}
