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

/** The failCommand fail point of MongoDB's test servers: makes chosen commands fail, for tests of retries. */
export class FailPoint {
  private commands: ReadonlySet<string> = new Set();
  private times = 0;
  private failure: InjectedFailure | undefined;
  private appName: string | undefined;

  configure(name: unknown, mode: unknown, data: Doc): void {
    if (name !== 'failCommand') throw new CommandError(59, 'CommandNotFound', `no fail point named ${String(name)}`);
    for (const option of Object.keys(data))
      if (!KNOWN_OPTIONS.has(option)) throw errors.notImplemented(`failCommand option ${option}`);
    if (mode === 'off') this.times = 0;
    else if (mode === 'alwaysOn') this.times = Number.POSITIVE_INFINITY;
    else if (isDoc(mode) && 'times' in mode) this.times = toNumber(mode['times']) ?? 0;
    else if (isDoc(mode) && 'activationProbability' in mode) throw errors.notImplemented('activationProbability');
    else throw errors.badValue(`invalid fail point mode`);
    this.commands = new Set(data['failCommands'] as string[] | undefined);
    this.appName = data['appName'] as string | undefined;
    const code = toNumber(data['errorCode']);
    const labels = data['errorLabels'] as string[] | undefined;
    const writeConcernError = data['writeConcernError'] as Doc | undefined;
    this.failure = {
      closeConnection: toFlag(data['closeConnection']),
      blockMs: toFlag(data['blockConnection']) ? (toNumber(data['blockTimeMS']) ?? 0) : 0,
      error: code === undefined ? undefined : new InjectedError(code, labels),
      writeConcernError:
        writeConcernError === undefined || labels === undefined
          ? writeConcernError
          : { ...writeConcernError, errorLabels: labels },
    };
  }

  /** The failure for this command, if one is due; counts it. */
  take(command: string, appName: string | undefined): InjectedFailure | undefined {
    if (this.times <= 0 || !this.commands.has(command)) return undefined;
    if (this.appName !== undefined && this.appName !== appName) return undefined;
    this.times--;
    return this.failure;
  }
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
