import type { ExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Clock } from '../clock/clock';
import { serviceIdentity } from '../context/identity';
import { errorFields, type Log } from '../logging/log';
import type { SubgraphRequest } from '../subgraph/subgraph-port';
import { GRAPHQL_PATH } from './paths';
import { remoteFaults } from './remote-fault';
import { remoteOperation } from './remote-operation';
import { RemoteSubscription } from './remote-subscription';
import type { CallSigner } from './signed-call';
import { CONNECT_BODY, SEAL_EXTENSION, signedText } from './subscribe-message';

/** A socket without subscriptions stays this long, so that coming and going viewers do not pay for a handshake. */
const IDLE_MS = 1_000;
const PING_MS = 10_000;
/** How long a ping may stay without its pong. */
const PONG_MS = 5_000;

export interface RemoteSubscriptionsOptions {
  readonly name: string;
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signer: CallSigner;
  readonly queryTimeoutMs: number;
}

/** All subscriptions of this process to one subgraph: one socket, opened when the first needs it. */
export class RemoteSubscriptions {
  private readonly client: Client;
  private readonly running = new Set<RemoteSubscription>();
  private pong: NodeJS.Timeout | undefined;

  constructor(private readonly options: RemoteSubscriptionsOptions) {
    const { name, signer } = options;
    const connect = { audience: name, method: 'CONNECT', path: GRAPHQL_PATH, body: CONNECT_BODY };
    this.client = createClient({
      url: `${options.url.replace(/^http/, 'ws')}${GRAPHQL_PATH}`,
      webSocketImpl: socketClass(options.queryTimeoutMs),
      lazy: true,
      lazyCloseTimeout: IDLE_MS,
      keepAlive: PING_MS,
      // Who follows asks again, each time with a signature of its own.
      retryAttempts: 0,
      connectionAckWaitTimeout: options.queryTimeoutMs,
      connectionParams: () => ({ ...signer.seal(connect, { identity: serviceIdentity('gateway'), requestId: '' }) }),
      on: {
        ping: (received) => {
          if (!received) this.pong = setTimeout(() => this.client.terminate(), PONG_MS).unref();
        },
        pong: (received) => {
          if (received) clearTimeout(this.pong);
        },
        closed: () => clearTimeout(this.pong),
      },
    });
  }

  /** Resolves when the subgraph says that the subscription runs, or to the result that says why not. */
  async subscribe(request: SubgraphRequest): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
    const { log, name, signer, queryTimeoutMs } = this.options;
    const { text } = remoteOperation(request.document, request.operationName);
    const message = {
      query: text,
      ...(request.variables ? { variables: { ...request.variables } } : {}),
      ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
    };
    const call = { audience: name, method: 'SUBSCRIBE', path: GRAPHQL_PATH, body: signedText(message) };
    const subscription = new RemoteSubscription({
      open: (sink) =>
        this.client.subscribe({ ...message, extensions: { [SEAL_EXTENSION]: signer.seal(call, request) } }, sink),
      lost: (cause) => {
        const { requestId } = request;
        log.warn({ ...errorFields(cause), requestId, subgraph: name }, 'A subscription lost its subgraph.');
        const [error] = remoteFaults('SUBGRAPH_UNAVAILABLE', request);
        return error ?? new Error('A subscription asks for nothing.');
      },
      onEnd: () => this.running.delete(subscription),
      signal: request.signal,
    });
    this.running.add(subscription);
    const started = await subscription.start(queryTimeoutMs);
    if (started === 'running') return subscription;
    await subscription.return();
    if (started === 'late') return { errors: remoteFaults('SUBGRAPH_TIMEOUT', request) };
    return started === 'lost' ? { errors: remoteFaults('SUBGRAPH_UNAVAILABLE', request) } : started;
  }

  async close(): Promise<void> {
    clearTimeout(this.pong);
    await Promise.all([...this.running].map((subscription) => subscription.return()));
    // A handshake under way would be waited for, and its failure is nobody's any more.
    await Promise.resolve(this.client.dispose()).catch(() => undefined);
  }
}

function socketClass(handshakeTimeout: number): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL, protocols: string | string[]) {
      super(url, protocols, { handshakeTimeout, perMessageDeflate: false });
      // The protocol stops listening when it gives a socket up; an error after that must not end the process.
      this.on('error', () => undefined);
    }
  } as typeof WebSocket;
}
