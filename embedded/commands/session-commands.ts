import { Binary, UUID } from 'bson';
import type { Doc } from '../document/decode';
import { isDoc } from '../document/scalars';
import { SESSION_TIMEOUT_MINUTES } from '../sessions/session-table';
import type { Command } from './command';
import { errors } from './command-error';

function sessionIds(list: unknown): Buffer[] {
  if (!Array.isArray(list)) throw errors.typeMismatch('sessions must be an array');
  return list.flatMap((item: unknown) =>
    isDoc(item) && item['id'] instanceof Binary ? [Buffer.from(item['id'].buffer)] : [],
  );
}

export const startSession: Command = {
  name: 'startSession',
  run: () => ({ id: { id: new UUID().toBinary() }, timeoutMinutes: SESSION_TIMEOUT_MINUTES }),
};

function ending(name: string): Command {
  return {
    name,
    run: ({ body, server }): Doc => {
      for (const id of sessionIds(body[name])) {
        server.sessions.end(id);
        server.cursors.killOfSession(id);
      }
      return {};
    },
  };
}

export const endSessions = ending('endSessions');
export const killSessions = ending('killSessions');

export const killAllSessions: Command = {
  name: 'killAllSessions',
  run: ({ server }) => {
    server.sessions.endAll();
    return {};
  },
};

export const refreshSessions: Command = {
  name: 'refreshSessions',
  run: ({ body, server, connection }) => {
    for (const id of sessionIds(body['refreshSessions'])) server.sessions.touch(id, connection.id);
    return {};
  },
};

export const commitTransaction: Command = {
  name: 'commitTransaction',
  fields: ['recoveryToken'],
  run: async (context) => {
    const { session, txnNumber, server } = context;
    if (session === undefined || txnNumber === undefined)
      throw errors.invalidOptions('commitTransaction must be run within a transaction');
    await server.sessions.commit(session, txnNumber);
    return {};
  },
};

export const abortTransaction: Command = {
  name: 'abortTransaction',
  fields: ['recoveryToken'],
  run: ({ session, txnNumber, server }) => {
    if (session === undefined || txnNumber === undefined)
      throw errors.invalidOptions('abortTransaction must be run within a transaction');
    server.sessions.abort(session, txnNumber);
    return {};
  },
};

export const configureFailPoint: Command = {
  name: 'configureFailPoint',
  fields: ['mode', 'data'],
  run: ({ body, server }) => {
    server.failPoints.configure(body['configureFailPoint'], body['mode'], isDoc(body['data']) ? body['data'] : {});
    return {};
  },
};
