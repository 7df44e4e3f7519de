import type { Dispatcher } from 'undici';

/** What came back of one HTTP request. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** One HTTP request could not be completed. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';

  constructor(
    readonly kind: 'timeout' | 'refused' | 'broken' | 'too large',
    cause?: unknown,
  ) {
    super(`The exchange failed: ${kind}.`, { cause });
  }
}

export interface ExchangeOptions {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** These say that the connection was never there, so nothing of the request was read by anybody. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);

/**
 * Posts a text and reads the whole answer as text, or rejects with ExchangeError, or with the signal's reason. Works on
 * undici's dispatch itself: no streams are made for an answer that is read whole.
 */
export function exchange(dispatcher: Dispatcher, options: ExchangeOptions): Promise<Reply> {
  const { signal, maxBytes, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    let abort: ((reason: Error) => void) | null = null;
    let settled = false;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: Error): void => {
      if (!settle()) return;
      reject(error);
      abort?.(error);
    };
    const onAbort = (): void => fail(signal?.reason instanceof Error ? signal.reason : new ExchangeError('broken'));
    const timer = setTimeout(() => fail(new ExchangeError('timeout')), timeoutMs);
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });

    let status = 0;
    let size = 0;
    const chunks: Buffer[] = [];
    dispatcher.dispatch(
      { path: options.path, method: 'POST', headers: options.headers, body: options.body },
      {
        onRequestStart(controller) {
          abort = (reason) => controller.abort(reason);
          if (settled) controller.abort(new ExchangeError('broken'));
        },
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > maxBytes) fail(new ExchangeError('too large'));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          if (!settle()) return;
          const whole = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
          resolve({ status, body: whole.toString('utf8') });
        },
        onResponseError(_controller, error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === 'UND_ERR_CONNECT_TIMEOUT') fail(new ExchangeError('timeout', error));
          else fail(new ExchangeError(NOT_SENT.has(code ?? '') ? 'refused' : 'broken', error));
        },
      },
    );
  });
}
