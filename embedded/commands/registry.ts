import { aggregate } from './aggregate';
import {
  collStats,
  create,
  dbStats,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
  renameCollection,
} from './collection-commands';
import type { Command } from './command';
import { deleteCommand } from './delete';
import { explain } from './explain';
import { countCommand, distinct, find, getMore, killCursors } from './find';
import { findAndModify } from './find-and-modify';
import {
  buildInfo,
  connectionStatus,
  getParameter,
  hello,
  hostInfo,
  ping,
  replSetGetStatus,
  serverStatus,
} from './handshake';
import { collMod, createIndexes, dropIndexes, listIndexes } from './index-commands';
import { insert } from './insert';
import {
  abortTransaction,
  commitTransaction,
  configureFailPoint,
  endSessions,
  killAllSessions,
  killSessions,
  refreshSessions,
  startSession,
} from './session-commands';
import { update } from './update';
import { validate } from './validate';

export const COMMANDS: readonly Command[] = [
  abortTransaction,
  aggregate,
  buildInfo,
  collMod,
  collStats,
  commitTransaction,
  configureFailPoint,
  connectionStatus,
  countCommand,
  create,
  createIndexes,
  dbStats,
  deleteCommand,
  distinct,
  drop,
  dropDatabase,
  dropIndexes,
  endSessions,
  explain,
  find,
  findAndModify,
  getMore,
  getParameter,
  hello,
  hostInfo,
  insert,
  killAllSessions,
  killCursors,
  killSessions,
  listCollections,
  listDatabases,
  listIndexes,
  ping,
  refreshSessions,
  renameCollection,
  replSetGetStatus,
  serverStatus,
  startSession,
  update,
  validate,
];
