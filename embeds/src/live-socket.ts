import type { Answer } from './progress';
import { ServerClock } from './server-clock';

/** Receives what one subscription answers. */
export interface Sink {
  next(data: Answer): void;
  /** The server will not answer this: nothing more comes. */
  refused(code: string): void;
  /** Whether messages can come at present. */
  online(yes: boolean): void;
}

interface Subscription {
  readonly id: string;
  readonly query: string;
  readonly variables: object;
  readonly sinks: Set<Sink>;
  /** The newest answer, for counters that come later. */
  latest?: Answer;
}

type Failure = { readonly extensions?: { readonly code?: string } };
type Payload = {
  readonly data?: Answer | null;
  readonly serverTime?: unknown;
  readonly [other: string]: unknown;
};

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: Payload;
}

const FORBIDDEN = 4403;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A line on which nothing was heard between two beats is dead. */
const BEAT_MS = 15_000;
/** Long enough that a counter moved within the page does not cost a new connection. */
const LINGER_MS = 1_000;
/** How long a refusal that time may lift is left alone: half as long again on average. */
const LATER_MS = 3_000;
/** Such refusals; one is the eleventh subscription of a socket. */
const PASSING = /THROTTLED|INTERNAL/;

const sockets = new Map<string, LiveSocket>();

/**
 * One WebSocket for a page and key, in graphql-transport-ws, shared by everything that follows something. Comes back by
 * itself, with waits that grow and scatter; the first message after that is the present state.
 */
export class LiveSocket {
  readonly clock = new ServerClock();
  /** Called when the server does not accept the key (any more). */
  onForbidden: (() => void) | null = null;
  readonly #subscriptions = new Map<string, Subscription>();
  #socket: WebSocket | null = null;
  #ready = false;
  #heard = false;
  #failures = 0;
  #ids = 0;
  #retry = 0;
  #beat = 0;
  #linger = 0;

  /** The page's socket to this API. `api` is an http(s) address. */
  static of(api: string, key: string): LiveSocket {
    const name = `${api} ${key}`;
    let socket = sockets.get(name);
    if (!socket) {
      socket = new LiveSocket(`${api.replace(/^http/, 'ws')}/graphql`, key);
      sockets.set(name, socket);
    }
    return socket;
  }

  readonly #url: string;
  /** Presented with the next connection. */
  key: string;

  private constructor(url: string, key: string) {
    this.#url = url;
    this.key = key;
    addEventListener('online', () => (this.#ready ? this.#tell(true) : this.#again(0)));
    addEventListener('offline', () => this.#tell(false));
  }

  /** Equal subscriptions are sent once. The returned function stops. */
  follow(query: string, variables: object, sink: Sink): () => void {
    const name = query + JSON.stringify(variables);
    let subscription = this.#subscriptions.get(name);
    if (subscription) {
      subscription.sinks.add(sink);
      if (this.#ready) sink.online(true);
      if (subscription.latest) sink.next(subscription.latest);
    } else {
      this.#ids += 1;
      subscription = { id: `${this.#ids}`, query, variables, sinks: new Set([sink]) };
      this.#subscriptions.set(name, subscription);
      this.#subscribe(subscription);
    }
    clearTimeout(this.#linger);
    if (!this.#socket) this.#again(0);
    const { id, sinks } = subscription;
    return () => {
      sinks.delete(sink);
      if (sinks.size > 0) return;
      this.#subscriptions.delete(name);
      this.#send({ id, type: 'complete' });
      this.#linger = setTimeout(() => {
        if (this.#subscriptions.size === 0) this.#socket?.close(1000);
      }, LINGER_MS);
    };
  }

  #again(wait: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (!this.#socket && this.#subscriptions.size > 0) this.#connect();
    }, wait);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, 'graphql-transport-ws');
    this.#socket = socket;
    this.#heard = true;
    clearInterval(this.#beat);
    this.#beat = setInterval(() => {
      // Closing waits for the other side's goodbye, which a dead line never brings.
      if (!this.#heard) this.#lost(socket, 0);
      this.#heard = false;
      this.#send({ type: 'ping' });
    }, BEAT_MS);
    socket.onopen = () => {
      // Words come from the component: all languages may share one execution on the server.
      const payload = { 'accept-language': '', ...(this.key && { storefrontKey: this.key }) };
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#receive(JSON.parse(data));
    };
    socket.onclose = ({ code }) => this.#lost(socket, code);
  }

  #lost(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    socket.close();
    this.#socket = null;
    this.#ready = false;
    clearInterval(this.#beat);
    this.#tell(false);
    if (code === FORBIDDEN) this.onForbidden?.();
    this.#again(this.#wait());
  }

  #wait(): number {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    return longest * (0.5 + Math.random() / 2);
  }

  #receive({ type, id, payload }: Message): void {
    this.#heard = true;
    if (type === 'connection_ack') {
      this.#ready = true;
      this.clock.note(payload?.serverTime);
      this.#tell(true);
      for (const subscription of this.#subscriptions.values()) this.#subscribe(subscription);
      return;
    }
    if (type === 'ping') this.#send({ type: 'pong' });
    const subscription = [...this.#subscriptions.values()].find((candidate) => candidate.id === id);
    if (!subscription) return;
    if (type === 'complete') this.#later(subscription);
    const code = type === 'error' && (payload as unknown as readonly Failure[])[0]?.extensions?.code;
    if (type === 'next' && payload?.data) {
      // Only a server that answers well may be asked again soon.
      this.#failures = 0;
      subscription.latest = payload.data;
      for (const sink of subscription.sinks) sink.next(payload.data);
    } else if (type === 'error') {
      if (PASSING.test(`${code}`)) this.#later(subscription);
      else for (const sink of subscription.sinks) sink.refused(`${code}`);
    }
  }

  #later(subscription: Subscription): void {
    setTimeout(() => this.#subscribe(subscription), LATER_MS * (1 + Math.random()));
  }

  #subscribe(subscription: Subscription): void {
    const { id, query, variables } = subscription;
    if ([...this.#subscriptions.values()].includes(subscription)) {
      this.#send({ id, type: 'subscribe', payload: { query, variables } });
    }
  }

  #send(message: Message): void {
    if (this.#ready) this.#socket?.send(JSON.stringify(message));
  }

  #tell(online: boolean): void {
    for (const { sinks } of this.#subscriptions.values()) for (const sink of sinks) sink.online(online);
  }
}
