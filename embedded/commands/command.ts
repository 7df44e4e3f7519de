import type { Doc } from '../document/decode';
import type { CommandContext } from './context';

/** One command of the protocol. Fields that neither it nor every command knows are refused. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly fields?: readonly string[];
  /** Whether it may be part of a transaction. */
  readonly transactional?: boolean;
  /** Whether a transaction number outside of a transaction makes it a retryable write. */
  readonly retryable?: boolean;
  /** Whether it can read a past moment (read concern "snapshot"). */
  readonly readsSnapshots?: boolean;
  readonly run: (context: CommandContext) => Doc | Promise<Doc>;
}

/** Understood with every command. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set([
  '$db',
  '$clusterTime',
  '$readPreference',
  '$audit',
  '$client',
  'lsid',
  'txnNumber',
  'startTransaction',
  'autocommit',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'maxTimeMSOpOnly',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'rawData',
]);
