import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../platform/clock/clock';
import { readConfig } from '../../platform/config/config';
import { serviceIdentity } from '../../platform/context/identity';
import { silentLog } from '../../platform/logging/log';
import { KeyRing, type Seal } from '../../platform/remote/signature';
import { CallSigner, headersOf } from '../../platform/remote/signed-call';
import { signedText } from '../../platform/remote/subscribe-message';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../platform/subgraph/subgraph-port';
import { callKeys } from '../distributed/call-keys';
import { startLocalStack } from '../distributed/local-stack';
import { type Goal, type GoalOptions, outcome } from './goal';

const ROUNDS = { smoke: 1, ci: 5, full: 50 };
const CONTEXT = { identity: serviceIdentity('gateway'), requestId: 'req_proof' };
const REFUSED_CODE = 'CALL_REFUSED';
const FORBIDDEN = 4403;

/** What somebody inside the network would ask a subgraph for. */
const QUERIES = [
  '{ __typename }',
  '{ _service { sdl } }',
  '{ _entities(representations: []) { __typename } }',
  '{ __schema { types { name } } }',
];

/** Who signs: ourselves, in four ways that must not count. */
interface Signers {
  readonly good: CallSigner;
  readonly stranger: CallSigner;
  readonly late: CallSigner;
  readonly early: CallSigner;
}

async function run({ size, progress }: GoalOptions) {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-unsigned-'));
  const faults: string[] = [];
  const addresses = new Map<SubgraphName, string>();
  const stack = await startLocalStack({
    config: readConfig({ NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir }),
    log: silentLog,
    durability: 'relaxed',
    inFrontOf: (name, url) => {
      addresses.set(name, url);
      return Promise.resolve(url);
    },
  });
  let refused = 0;
  let accepted = 0;
  try {
    const keys = callKeys(stack.config, stack.secrets);
    const shifted = (milliseconds: number): Clock => ({ now: () => new Date(Date.now() + milliseconds) });
    const signers: Signers = {
      good: new CallSigner(keys, systemClock),
      stranger: new CallSigner(new KeyRing(['somebody else altogether, 32 long']), systemClock),
      late: new CallSigner(keys, shifted(-31_000)),
      early: new CallSigner(keys, shifted(31_000)),
    };
    for (let round = 0; round < ROUNDS[size]; round += 1) {
      for (const name of SUBGRAPH_NAMES) {
        progress(`${name}, round ${round + 1}`);
        const url = addresses.get(name) ?? '';
        const cases = [...(await overHttp(name, url, signers)), ...(await overSocket(name, url, signers))];
        for (const { what, expected, got } of cases) {
          if (got !== expected) faults.push(`${name}: ${what} was ${got}, not ${expected}`);
          else if (expected === 'refused') refused += 1;
          else accepted += 1;
        }
      }
    }
    return outcome(
      `${refused} calls refused and ${accepted} genuine ones answered at ${SUBGRAPH_NAMES.length} subgraphs, over HTTP and WebSocket`,
      faults,
    );
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Case {
  readonly what: string;
  readonly expected: 'refused' | 'answered';
  readonly got: string;
}

async function overHttp(name: SubgraphName, url: string, { good, stranger, late, early }: Signers): Promise<Case[]> {
  const other = SUBGRAPH_NAMES.find((one) => one !== name) ?? name;
  const cases: Case[] = [];
  for (const query of QUERIES) {
    const body = JSON.stringify({ query });
    const sealBy = (signer: CallSigner, audience: string = name, text = body): Record<string, string> =>
      headersOf(signer.seal({ audience, method: 'POST', path: '/graphql', body: text }, CONTEXT));
    const genuine = sealBy(good);
    const send = async (what: string, expected: Case['expected'], headers: Record<string, string>, text = body) => {
      cases.push({ what: `${what} ${query}`, expected, got: await post(url, headers, text) });
    };
    await send('unsigned', 'refused', {});
    for (const header of Object.keys(genuine)) {
      const { [header]: _left, ...rest } = genuine;
      await send(`without ${header}`, 'refused', rest);
      await send(`with a changed ${header}`, 'refused', { ...genuine, [header]: changed(genuine[header] ?? '') });
    }
    await send('with another body', 'refused', genuine, body.replace('}"', ' }"'));
    await send('signed by a stranger', 'refused', sealBy(stranger));
    await send(`signed for ${other}`, 'refused', sealBy(good, other));
    await send('too old', 'refused', sealBy(late));
    await send('from the future', 'refused', sealBy(early));
    await send('genuine', 'answered', genuine);
    await send('replayed', 'refused', genuine);
  }
  return cases;
}

async function overSocket(name: SubgraphName, url: string, { good, stranger, late, early }: Signers): Promise<Case[]> {
  const cases: Case[] = [];
  const connect = { audience: name, method: 'CONNECT', path: '/graphql', body: '' };
  const used = good.seal(connect, CONTEXT);
  const open = async (what: string, expected: Case['expected'], payload: unknown) => {
    const socket = new Socket(url);
    cases.push({ what: `a socket ${what}`, expected, got: await socket.init(payload) });
    socket.close();
  };
  await open('unsigned', 'refused', undefined);
  await open('signed by a stranger', 'refused', stranger.seal(connect, CONTEXT));
  await open('signed for a request', 'refused', good.seal({ ...connect, method: 'POST' }, CONTEXT));
  await open('too old', 'refused', late.seal(connect, CONTEXT));
  await open('from the future', 'refused', early.seal(connect, CONTEXT));
  await open('genuine', 'answered', used);
  await open('replayed', 'refused', used);

  const socket = new Socket(url);
  await socket.init(good.seal(connect, CONTEXT));
  for (const query of [...QUERIES, 'subscription { __typename }']) {
    const call = { audience: name, method: 'SUBSCRIBE', path: '/graphql', body: signedText({ query }) };
    const subscribe = async (what: string, expected: Case['expected'], seal: Seal | undefined) => {
      cases.push({ what: `a subscription ${what} ${query}`, expected, got: await socket.subscribe(query, seal) });
    };
    const genuine = good.seal(call, CONTEXT);
    await subscribe('unsigned', 'refused', undefined);
    await subscribe('signed by a stranger', 'refused', stranger.seal(call, CONTEXT));
    await subscribe(
      'for another query',
      'refused',
      good.seal({ ...call, body: signedText({ query: '{ a }' }) }, CONTEXT),
    );
    await subscribe('too old', 'refused', late.seal(call, CONTEXT));
    await subscribe('from the future', 'refused', early.seal(call, CONTEXT));
    // Answered with an error of GraphQL or the one that only subscriptions run here, but by the subgraph itself.
    await subscribe('genuine', 'answered', genuine);
    await subscribe('replayed', 'refused', genuine);
  }
  socket.close();
  return cases;
}

/** The same length with another last character. */
function changed(text: string): string {
  return `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
}

function post(url: string, headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/graphql`, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => {
        const refused = response.statusCode === 401 && text.includes(REFUSED_CODE) && !text.includes('"data"');
        resolve(refused ? 'refused' : response.statusCode === 200 ? 'answered' : `${response.statusCode} ${text}`);
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Speaks graphql-transport-ws by hand, to say what no client would. */
class Socket {
  private readonly socket: WebSocket;
  private readonly opened: Promise<void>;
  private readonly waiting = new Map<string, (got: string) => void>();
  private count = 0;

  constructor(url: string) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve());
      this.socket.once('error', reject);
    });
    this.socket.on('message', (data) => {
      const {
        id = 'init',
        type,
        payload,
      } = JSON.parse(String(data)) as { id?: string; type: string; payload?: unknown };
      const refused = type === 'error' && JSON.stringify(payload).includes(REFUSED_CODE);
      this.answer(id, refused ? 'refused' : 'answered');
    });
    this.socket.on('close', (code) => {
      for (const id of this.waiting.keys()) this.answer(id, code === FORBIDDEN ? 'refused' : `closed with ${code}`);
    });
  }

  async init(payload: unknown): Promise<string> {
    await this.opened;
    return this.ask('init', { type: 'connection_init', payload });
  }

  subscribe(query: string, seal: Seal | undefined): Promise<string> {
    this.count += 1;
    const id = String(this.count);
    const extensions = seal ? { extensions: { kaituanSeal: seal } } : {};
    return this.ask(id, { id, type: 'subscribe', payload: { query, ...extensions } });
  }

  close(): void {
    this.socket.close();
  }

  private ask(id: string, message: object): Promise<string> {
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify(message));
    });
  }

  private answer(id: string, got: string): void {
    this.waiting.get(id)?.(got);
    this.waiting.delete(id);
  }
}

export const unsignedCalls: Goal = {
  id: 'S6',
  title: 'Subgraphs refuse what is unsigned, wrong, old or replayed, whatever it asks',
  run,
};
