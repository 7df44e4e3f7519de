import type { Doc } from '../document/decode';
import { isDoc, toFlag, toNumber } from '../document/scalars';
import { CommandError, errors } from './command-error';

/** What a set failCommand does to one command. */
export interface InjectedFailure {
  readonly closeConnection: boolean;
  readonly blockMs: number;
  readonly error: CommandError | undefined;
  readonly writeConcernError: Doc | undefined;
}

const KNOWN_OPTIONS = new Set([
  'failCommands',
  'closeConnection',
  'errorCode',
  'errorLabels',
  'writeConcernError',
  'blockConnection',
  'blockTimeMS',
  'appName',
  'failInternalCommands',
  'failLocalClients',
  'threadName',
  'namespace',
]);

/** When a fail point acts: after `skip` occasions, for `left` of them. */
class Activation {
  private skip = 0;
  private left = 0;
  private data: Doc = {};

  configure(mode: unknown, data: Doc): void {
    this.skip = 0;
    this.data = data;
    if (mode === 'off') this.left = 0;
    else if (mode === 'alwaysOn') this.left = Number.POSITIVE_INFINITY;
    else if (isDoc(mode) && 'times' in mode) this.left = toNumber(mode['times']) ?? 0;
    else if (isDoc(mode) && 'skip' in mode) {
      this.skip = toNumber(mode['skip']) ?? 0;
      this.left = Number.POSITIVE_INFINITY;
    } else throw errors.badValue('invalid fail point mode');
  }

  /** What was configured, when this occasion is one to act on. */
  take(applies: (data: Doc) => boolean): Doc | undefined {
    if (this.left <= 0 || !applies(this.data)) return undefined;
    if (this.skip > 0) {
      this.skip--;
      return undefined;
    }
    this.left--;
    return this.data;
  }
}

/** The fail points of MongoDB's test servers that drivers' own tests use: chosen commands fail, to test retries. */
export class FailPoints {
  private readonly failCommand = new Activation();
  private readonly retryableWrite = new Activation();

  configure(name: unknown, mode: unknown, data: Doc): void {
    if (name === 'failCommand') {
      for (const option of Object.keys(data))
        if (!KNOWN_OPTIONS.has(option)) throw errors.notImplemented(`failCommand option ${option}`);
      this.failCommand.configure(mode, data);
    } else if (name === 'onPrimaryTransactionalWrite') this.retryableWrite.configure(mode, data);
    else throw new CommandError(59, 'CommandNotFound', `no fail point named ${String(name)}`);
  }

  /** The failure for this command, if one is due; counts it. */
  forCommand(command: string, appName: string | undefined): InjectedFailure | undefined {
    const data = this.failCommand.take(
      (configured) =>
        Array.isArray(configured['failCommands']) &&
        configured['failCommands'].includes(command) &&
        (configured['appName'] === undefined || configured['appName'] === appName),
    );
    return data === undefined ? undefined : failureOf(data);
  }

  /** For each statement of a retryable write: the connection is lost, before or after the statement is done. */
  forRetryableWrite(): { readonly done: boolean } | undefined {
    const data = this.retryableWrite.take(() => true);
    return data === undefined ? undefined : { done: data['failBeforeCommitExceptionCode'] === undefined };
  }
}

function failureOf(data: Doc): InjectedFailure {
  const code = toNumber(data['errorCode']);
  const labels = data['errorLabels'] as string[] | undefined;
  const writeConcernError = data['writeConcernError'] as Doc | undefined;
  return {
    closeConnection: toFlag(data['closeConnection']),
    blockMs: toFlag(data['blockConnection']) ? (toNumber(data['blockTimeMS']) ?? 0) : 0,
    error: code === undefined ? undefined : new InjectedError(code, labels),
    writeConcernError:
      writeConcernError === undefined || labels === undefined
        ? writeConcernError
        : { ...writeConcernError, errorLabels: labels },
  };
}

/** Carries its own labels when given some; then the server adds none. */
export class InjectedError extends CommandError {
  constructor(
    code: number,
    readonly givenLabels: readonly string[] | undefined,
  ) {
    super(code, codeName(code), `Failing command via 'failCommand' failpoint`, givenLabels ?? []);
  }
}

const CODE_NAMES: Record<number, string> = {
  6: 'HostUnreachable',
  7: 'HostNotFound',
  10: 'CannotMutateObject',
  11: 'UserNotFound',
  24: 'LockTimeout',
  26: 'NamespaceNotFound',
  43: 'CursorNotFound',
  50: 'MaxTimeMSExpired',
  64: 'WriteConcernFailed',
  79: 'UnknownReplWriteConcern',
  89: 'NetworkTimeout',
  91: 'ShutdownInProgress',
  100: 'UnsatisfiableWriteConcern',
  112: 'WriteConflict',
  134: 'ReadConcernMajorityNotAvailableYet',
  189: 'PrimarySteppedDown',
  244: 'TransactionAborted',
  251: 'NoSuchTransaction',
  262: 'ExceededTimeLimit',
  267: 'PreparedTransactionInProgress',
  391: 'ReauthenticationRequired',
  9001: 'SocketException',
  10107: 'NotWritablePrimary',
  11600: 'InterruptedAtShutdown',
  11601: 'Interrupted',
  11602: 'InterruptedDueToReplStateChange',
  13435: 'NotPrimaryNoSecondaryOk',
  13436: 'NotPrimaryOrSecondary',
};

function codeName(code: number): string {
  return CODE_NAMES[code] ?? `Location${code}`;
}
