import { hostname } from 'node:os';
import { Int32 } from 'bson';
import { isDoc } from '../document/scalars';
import { SESSION_TIMEOUT_MINUTES } from '../sessions/session-table';
import type { Command } from './command';

export const SET_NAME = 'kaituan0';
/** The MongoDB version whose behaviour is followed. */
export const VERSION = '7.0.14';
const MAX_WIRE_VERSION = 21;

export const hello: Command = {
  name: 'hello',
  aliases: ['isMaster', 'ismaster'],
  fields: [
    'helloOk',
    'client',
    'compression',
    'loadBalanced',
    'topologyVersion',
    'maxAwaitTimeMS',
    'saslSupportedMechs',
    'speculativeAuthenticate',
    'hostInfo',
    'backpressure',
  ],
  run: ({ body, server, connection, name }) => {
    const client = body['client'];
    if (isDoc(client) && isDoc(client['application'])) connection.appName = String(client['application']['name']);
    return {
      helloOk: true,
      ...(name === 'hello' ? { isWritablePrimary: true } : { ismaster: true }),
      secondary: false,
      setName: SET_NAME,
      setVersion: new Int32(1),
      hosts: [server.address],
      primary: server.address,
      me: server.address,
      maxBsonObjectSize: 16 * 1024 * 1024,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: new Date(),
      logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
      connectionId: connection.id,
      minWireVersion: 0,
      maxWireVersion: MAX_WIRE_VERSION,
      readOnly: false,
    };
  },
};

export const ping: Command = { name: 'ping', transactional: false, run: () => ({}) };

export const buildInfo: Command = {
  name: 'buildInfo',
  aliases: ['buildinfo'],
  run: () => ({
    version: VERSION,
    versionArray: [...VERSION.split('.').map(Number), 0],
    gitVersion: 'embedded',
    modules: [],
    storageEngines: ['lmdb'],
    bits: 64,
    debug: false,
    maxBsonObjectSize: 16 * 1024 * 1024,
  }),
};

export const hostInfo: Command = {
  name: 'hostInfo',
  run: () => ({ system: { currentTime: new Date(), hostname: hostname() }, os: { type: process.platform }, extra: {} }),
};

export const connectionStatus: Command = {
  name: 'connectionStatus',
  fields: ['showPrivileges'],
  run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
};

export const serverStatus: Command = {
  name: 'serverStatus',
  fields: ['repl', 'metrics', 'locks'],
  run: ({ server }) => {
    const uptime = Date.now() - server.startedAt.getTime();
    return {
      host: server.address,
      version: VERSION,
      process: 'embedded',
      pid: process.pid,
      uptime: Math.floor(uptime / 1000),
      uptimeMillis: uptime,
      localTime: new Date(),
      repl: {
        setName: SET_NAME,
        isWritablePrimary: true,
        secondary: false,
        hosts: [server.address],
        me: server.address,
      },
      storageEngine: { name: 'lmdb', persistent: true, supportsCommittedReads: true },
      metrics: { cursor: { open: { total: server.cursors.size } } },
    };
  },
};

const PARAMETERS: Record<string, unknown> = {
  featureCompatibilityVersion: { version: '7.0' },
  transactionLifetimeLimitSeconds: 60,
  enableTestCommands: true,
  authenticationMechanisms: [],
  requireApiVersion: false,
};

export const getParameter: Command = {
  name: 'getParameter',
  fields: Object.keys(PARAMETERS),
  run: ({ body }) => {
    const all = body['getParameter'] === '*';
    return Object.fromEntries(Object.entries(PARAMETERS).filter(([name]) => all || name in body));
  },
};

export const replSetGetStatus: Command = {
  name: 'replSetGetStatus',
  run: ({ server }) => ({
    set: SET_NAME,
    date: new Date(),
    myState: 1,
    members: [{ _id: 0, name: server.address, health: 1, state: 1, stateStr: 'PRIMARY', self: true }],
  }),
};
