import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { Seen } from './abuse-case';

/** How long a door may take over any attempt. */
const PATIENCE_MS = 5_000;

export interface Attempt {
  readonly query: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly key?: string | undefined;
}

/** Where an operation is tried: the same document as a query by HTTP, as a subscription on the socket. */
export interface Door {
  readonly name: 'http' | 'socket';
  readonly operation: 'query' | 'subscription';
  attempt(url: string, attempt: Attempt): Promise<Seen>;
}

export const HTTP_DOOR: Door = {
  name: 'http',
  operation: 'query',
  attempt: (url, { key, ...body }) => post(url, JSON.stringify(body), key ? { 'x-storefront-key': key } : {}),
};

export async function post(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  patienceMs = PATIENCE_MS,
): Promise<Seen> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body as BodyInit,
    signal: AbortSignal.timeout(patienceMs),
  });
  return seenOf(response.status, await response.text());
}

export async function get(
  url: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Seen> {
  const response = await fetch(`${url}${path}`, { method, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  return seenOf(response.status, await response.text());
}

function seenOf(status: number, text: string): Seen {
  let body: { data?: unknown; errors?: { extensions?: Record<string, unknown> }[] } = {};
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    // Not every answer has a body; what there is stands in the text.
  }
  const extensions = body.errors?.[0]?.extensions;
  return {
    accepted: status === 200 && body.errors === undefined,
    code: (extensions?.['code'] as string | undefined) ?? null,
    limit: (extensions?.['limit'] as string | undefined) ?? null,
    status,
    text,
  };
}

export const SOCKET_DOOR: Door = {
  name: 'socket',
  operation: 'subscription',
  async attempt(url, { key, ...payload }) {
    const line = await Line.ready(url, key ? { storefrontKey: key } : undefined);
    line.send({ id: 'a', type: 'subscribe', payload });
    const said = await line.until(({ type }) => type === 'next' || type === 'error' || type === 'complete');
    line.close();
    return said;
  },
};

export interface Heard {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket that says anything and remembers everything. */
export class Line {
  private readonly heard: Heard[] = [];
  private closed: { code: number; reason: string } | null = null;
  private wake: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.heard.push(JSON.parse(String(data)) as Heard);
      this.wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.wake();
    });
    socket.on('error', () => undefined);
  }

  static open(
    url: string,
    protocol = 'graphql-transport-ws',
    path = '/graphql',
    headers: Record<string, string> = {},
  ): Promise<Line> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocol, { headers });
    const line = new Line(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(line));
      socket.once('error', reject);
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Error(`refused with ${response.statusCode}`));
      });
    });
  }

  /** Opened and acknowledged. */
  static async ready(url: string, payload?: object): Promise<Line> {
    const line = await Line.open(url);
    line.send({ type: 'connection_init', ...(payload ? { payload } : {}) });
    await line.until(({ type }) => type === 'connection_ack');
    return line;
  }

  send(message: unknown): void {
    this.raw(JSON.stringify(message));
  }

  raw(data: string | Buffer): void {
    this.socket.send(data);
  }

  /** Waits for such a message or for the end, and tells what was seen until then. */
  async until(wanted: (message: Heard) => boolean, patienceMs = PATIENCE_MS): Promise<Seen> {
    const deadline = Date.now() + patienceMs;
    let at = 0;
    for (;;) {
      for (; at < this.heard.length; at++) {
        const message = this.heard[at];
        if (message && wanted(message)) return this.seen(message);
      }
      if (this.closed) return this.seen(null);
      if (Date.now() >= deadline) throw new Error(`The door said nothing more: ${JSON.stringify(this.heard)}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, deadline - Date.now()).unref();
      });
    }
  }

  end(): Promise<Seen> {
    return this.until(() => false);
  }

  close(): void {
    this.socket.close();
  }

  private seen(message: Heard | null): Seen {
    const errors =
      message?.type === 'error'
        ? (message.payload as { extensions?: Record<string, unknown> }[])
        : (message?.payload as { errors?: { extensions?: Record<string, unknown> }[] } | undefined)?.errors;
    const extensions = errors?.[0]?.extensions;
    return {
      accepted: message !== null && errors === undefined,
      code: (extensions?.['code'] as string | undefined) ?? null,
      limit: (extensions?.['limit'] as string | undefined) ?? null,
      status: this.closed?.code ?? 0,
      text: JSON.stringify([...this.heard, ...(this.closed ? [this.closed.reason] : [])]),
    };
  }
}

/** Sends bytes no client library would send; resolves with everything that came back before the connection ended. */
export function rawExchange(url: string, bytes: string | Buffer, patienceMs = PATIENCE_MS): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const impatience = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('data', (data) => {
      said += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(impatience);
      resolve(said);
    });
  });
}
