import pino from 'pino';

/**
 * Everything a log line may carry beside its sentence. A field that is not in this list does not compile, and is left
 * out at run time: nobody logs a request, a document, a variable or a person by accident. Ids are fine; names are not.
 */
export interface LogFields {
  readonly error?: ErrorFields;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly subgraph?: string | undefined;
  /** Part of the process: "gateway", a worker's name. */
  readonly part?: string;
  /** Response path of a failed field, joined by dots. */
  readonly path?: string | undefined;
  readonly method?: string;
  /** The route's pattern, never the URL itself. */
  readonly route?: string | undefined;
  readonly status?: number | string;
  readonly ms?: number;
  readonly seconds?: number;
  readonly count?: number;
  readonly attempt?: number;
  /** Type of an event, name of a consumer, name of a job. */
  readonly event?: string;
  readonly consumer?: string;
  readonly job?: string;
  readonly orderId?: string;
  readonly paymentId?: string;
  readonly reason?: string | undefined;
  /** Name of a secret, never its value. */
  readonly secret?: string;
  readonly file?: string;
  readonly url?: string;
  readonly port?: number;
  readonly pid?: number | undefined;
  /** Settings in effect, secrets left out. */
  readonly configuration?: Readonly<Record<string, string>>;
}

export interface ErrorFields {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

const ALLOWED: Readonly<Record<keyof LogFields, true>> = {
  error: true,
  requestId: true,
  traceId: true,
  subgraph: true,
  part: true,
  path: true,
  method: true,
  route: true,
  status: true,
  ms: true,
  seconds: true,
  count: true,
  attempt: true,
  event: true,
  consumer: true,
  job: true,
  orderId: true,
  paymentId: true,
  reason: true,
  secret: true,
  file: true,
  url: true,
  port: true,
  pid: true,
  configuration: true,
};

/** Structured log: allow-listed fields first, a plain sentence second. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Log;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on standard error, so that standard output stays free for what a command answers. */
export function createLog(
  level: LogLevel,
  destination: pino.DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  return allowListed(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination));
}

function allowListed(to: pino.Logger): Log {
  return {
    debug: (fields, message) => to.debug(allowed(fields), message),
    info: (fields, message) => to.info(allowed(fields), message),
    warn: (fields, message) => to.warn(allowed(fields), message),
    error: (fields, message) => to.error(allowed(fields), message),
    child: (fields) => allowListed(to.child(allowed(fields))),
  };
}

/** The compiler already holds our own calls to the list; what a spread or a cast brought along ends here. */
function allowed(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => Object.hasOwn(ALLOWED, name)));
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** What may be logged of an unknown failure: its class, message and stack, which stay on the server. */
export function errorFields(error: unknown): { error: ErrorFields } {
  if (error instanceof Error) return { error: { name: error.name, message: error.message, stack: error.stack } };
  return { error: { name: 'NonError', message: String(error) } };
}
