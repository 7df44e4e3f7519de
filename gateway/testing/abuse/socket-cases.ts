import { randomBytes } from 'node:crypto';
import { LIMITS } from '../../limits/limits';
import { type AbuseCase, expectSeen, type Seen } from './abuse-case';
import { Line, SOCKET_DOOR } from './doors';

const FOLLOW = 'subscription { item { id } }';
const subscribe = (id: string, query: unknown = FOLLOW) => ({ id, type: 'subscribe', payload: { query } });
const answered = (id: string) => (message: { type: string; id?: string }) =>
  message.id === id && (message.type === 'next' || message.type === 'error');

interface SocketCase {
  readonly id: string;
  readonly title: string;
  readonly attempts: readonly (readonly [
    what: string,
    attempt: (url: string) => Promise<Seen>,
    expected: Partial<Omit<Seen, 'text'>>,
  ])[];
}

/** Says one thing on an acknowledged line and waits for the door to hang up. */
const thenClosed =
  (message: unknown) =>
  async (url: string): Promise<Seen> => {
    const line = await Line.ready(url);
    if (typeof message === 'string' || Buffer.isBuffer(message)) line.raw(message);
    else line.send(message);
    return line.end();
  };

/** Says several things and waits for the answer to one subscription. */
const thenAnswered =
  (id: string, ...messages: unknown[]) =>
  async (url: string): Promise<Seen> => {
    const line = await Line.ready(url);
    for (const message of messages) line.send(message);
    const seen = await line.until(answered(id));
    line.close();
    return seen;
  };

/** A frame as it goes over the wire: masked by zeros unless told otherwise. */
function frame(opcode: number, payload: Buffer, { masked = true, final = true, reserved = 0 } = {}): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([payload.length])
      : Buffer.from([126, payload.length >> 8, payload.length & 255]);
  length[0] = (length[0] ?? 0) | (masked ? 128 : 0);
  return Buffer.concat([
    Buffer.from([(final ? 128 : 0) | reserved | opcode]),
    length,
    masked ? Buffer.alloc(4) : Buffer.alloc(0),
    payload,
  ]);
}

/** Writes a frame under the library, then waits for the door to hang up. */
const thenFrame =
  (...frames: Buffer[]) =>
  async (url: string): Promise<Seen> => {
    const line = await Line.ready(url);
    const { _socket: wire } = line.socket as unknown as { _socket: { write(data: Buffer): void } };
    wire.write(Buffer.concat(frames));
    return line.end();
  };

const sized = (bytes: number): string => {
  const message = (padding: string): string =>
    JSON.stringify({ ...subscribe('a'), payload: { query: FOLLOW, extensions: { padding } } });
  return message('x'.repeat(bytes - message('').length));
};

const refusedUpgrade =
  (protocol: string, path: string, headers: Record<string, string>) =>
  async (url: string): Promise<Seen> => {
    try {
      const line = await Line.open(url, protocol, path, headers);
      return await line.end();
    } catch (error) {
      const status = Number(/refused with (\d+)/.exec(String(error))?.[1] ?? 0);
      return { accepted: false, status, code: null, limit: null, text: '' };
    }
  };

const CASES: readonly SocketCase[] = [
  {
    id: 'message',
    title: 'a message of 16 kB',
    attempts: [
      [
        'within',
        async (url) => {
          const line = await Line.ready(url);
          line.raw(sized(LIMITS.messageBytes));
          const seen = await line.until(answered('a'));
          line.close();
          return seen;
        },
        { accepted: true, status: 0 },
      ],
      ['beyond', thenClosed(sized(LIMITS.messageBytes + 1)), { status: 1009 }],
      [
        'in pieces',
        thenFrame(frame(1, Buffer.alloc(10_000, 32), { final: false }), frame(0, Buffer.alloc(10_000, 32))),
        { status: 1009 },
      ],
    ],
  },
  {
    id: 'init-late',
    title: 'connection_init within 3 s',
    attempts: [
      ['within', thenAnswered('a', subscribe('a')), { accepted: true }],
      ['beyond', async (url) => (await Line.open(url)).end(), { status: 4408 }],
    ],
  },
  {
    id: 'init-twice',
    title: 'connection_init twice',
    attempts: [['second', thenClosed({ type: 'connection_init' }), { status: 4429 }]],
  },
  {
    id: 'init-payload',
    title: 'what connection_init carries',
    attempts: [
      [
        'a wrong key',
        async (url) => {
          const line = await Line.open(url);
          line.send({ type: 'connection_init', payload: { storefrontKey: 'wrong' } });
          return line.end();
        },
        { status: 4403 },
      ],
      [
        'a key that is no text',
        async (url) => {
          const line = await Line.open(url);
          line.send({ type: 'connection_init', payload: { storefrontKey: { $ne: null } } });
          return line.end();
        },
        { status: 4403 },
      ],
      [
        'a list',
        async (url) => {
          const line = await Line.open(url);
          line.send({ type: 'connection_init', payload: [1] });
          return line.end();
        },
        { status: 4400 },
      ],
    ],
  },
  {
    id: 'subscribe-early',
    title: 'subscribe before the acknowledgement',
    attempts: [
      [
        'before init',
        async (url) => {
          const line = await Line.open(url);
          line.send(subscribe('a'));
          return line.end();
        },
        { status: 4401 },
      ],
    ],
  },
  {
    id: 'messages',
    title: 'messages of no known kind',
    attempts: [
      ['an unknown type', thenClosed({ type: 'shutdown' }), { status: 4400 }],
      ['no type', thenClosed({ id: 'a' }), { status: 4400 }],
      ['a prototype for a type', thenClosed({ type: '__proto__' }), { status: 4400 }],
      ['no JSON', thenClosed('{'), { status: 4400 }],
      ['null', thenClosed('null'), { status: 4400 }],
      ['a list', thenClosed([subscribe('a'), subscribe('b')]), { status: 4400 }],
      ["the server's own", thenClosed({ id: 'a', type: 'next', payload: { data: {} } }), { status: 4400 }],
      ['an acknowledgement', thenClosed({ type: 'connection_ack' }), { status: 4400 }],
      ['no id', thenClosed({ type: 'subscribe', payload: { query: FOLLOW } }), { status: 4400 }],
      ['an empty id', thenClosed(subscribe('')), { status: 4400 }],
      ['an id that is no text', thenClosed({ ...subscribe('a'), id: { a: 1 } }), { status: 4400 }],
      ['no query', thenClosed({ id: 'a', type: 'subscribe', payload: {} }), { status: 4400 }],
    ],
  },
  {
    id: 'frames',
    title: 'frames that break the protocol under it',
    attempts: [
      ['not masked', thenFrame(frame(1, Buffer.from('{}'), { masked: false })), { status: 1002 }],
      ['a reserved bit', thenFrame(frame(1, Buffer.from('{}'), { reserved: 64 })), { status: 1002 }],
      ['an unknown opcode', thenFrame(frame(7, Buffer.from('{}'))), { status: 1002 }],
      ['a long ping', thenFrame(frame(9, Buffer.alloc(126))), { status: 1002 }],
      ['invalid UTF-8', thenFrame(frame(1, Buffer.from([0xff, 0xfe, 0xfd]))), { status: 1007 }],
      ['binary noise', thenClosed(randomBytes(500)), { status: 4400 }],
    ],
  },
  {
    id: 'subscriptions',
    title: '10 subscriptions a socket',
    attempts: [
      [
        'the tenth',
        thenAnswered('s9', ...Array.from({ length: 10 }, (_, index) => subscribe(`s${index}`))),
        { accepted: true },
      ],
      [
        'the eleventh',
        thenAnswered('s10', ...Array.from({ length: 11 }, (_, index) => subscribe(`s${index}`))),
        { accepted: false, code: 'THROTTLED', limit: 'subscriptionsPerSocket' },
      ],
      [
        'after one ended',
        thenAnswered(
          's10',
          ...Array.from({ length: 10 }, (_, index) => subscribe(`s${index}`)),
          { id: 's3', type: 'complete' },
          subscribe('s10'),
        ),
        { accepted: true },
      ],
    ],
  },
  {
    id: 'same-id',
    title: 'an id that is taken',
    attempts: [['twice', thenClosed2(subscribe('a'), subscribe('a')), { status: 4409 }]],
  },
  {
    id: 'long-id',
    title: 'an id of 128 characters',
    attempts: [
      ['within', thenAnswered('x'.repeat(128), subscribe('x'.repeat(128))), { accepted: true }],
      [
        'beyond',
        thenAnswered('x'.repeat(129), subscribe('x'.repeat(129))),
        { accepted: false, code: 'BAD_USER_INPUT', limit: 'subscriptionIdCharacters' },
      ],
      ['a prototype', thenAnswered('__proto__', { ...subscribe('a'), id: '__proto__' }), {}],
    ],
  },
  {
    id: 'operations',
    title: 'subscriptions only',
    attempts: [
      ['a query', thenAnswered('a', subscribe('a', '{ item { id } }')), { accepted: false, code: 'BAD_USER_INPUT' }],
      [
        'a mutation',
        thenAnswered('a', subscribe('a', 'mutation { touch }')),
        { accepted: false, code: 'BAD_USER_INPUT' },
      ],
      [
        'a mutation beside a subscription',
        thenAnswered('a', {
          id: 'a',
          type: 'subscribe',
          payload: { query: `${FOLLOW.replace('n {', 'n A {')} mutation B { touch }`, operationName: 'B' },
        }),
        { accepted: false, code: 'BAD_USER_INPUT' },
      ],
      [
        'two root fields',
        thenAnswered('a', subscribe('a', 'subscription { item { id } b: item { id } }')),
        { accepted: false, code: 'GRAPHQL_VALIDATION_FAILED' },
      ],
      ['only its type', thenAnswered('a', subscribe('a', 'subscription { __typename }')), { accepted: false }],
    ],
  },
  {
    id: 'complete-unknown',
    title: 'the end of what never began',
    attempts: [
      ['then a subscription', thenAnswered('a', { id: 'ghost', type: 'complete' }, subscribe('a')), { accepted: true }],
    ],
  },
  {
    id: 'upgrade',
    title: 'upgrades',
    attempts: [
      ['of another path', refusedUpgrade('graphql-transport-ws', '/', {}), { status: 404 }],
      [
        'of another site',
        refusedUpgrade('graphql-transport-ws', '/graphql', { origin: 'https://evil.example.net' }),
        { status: 403 },
      ],
      ['of an opaque site', refusedUpgrade('graphql-transport-ws', '/graphql', { origin: 'null' }), { status: 403 }],
      [
        'of the old protocol',
        async (url) => {
          const seen = await refusedUpgrade('graphql-ws', '/graphql', {})(url);
          return { ...seen, accepted: false };
        },
        { accepted: false },
      ],
    ],
  },
];

function thenClosed2(...messages: unknown[]): (url: string) => Promise<Seen> {
  return async (url) => {
    const line = await Line.ready(url);
    for (const message of messages) line.send(message);
    return line.end();
  };
}

export const SOCKET_CASES: readonly AbuseCase[] = CASES.map(({ id, title, attempts }) => ({
  id: `ws-${id}`,
  title,
  async run(url) {
    const faults: string[] = [];
    for (const [what, attempt, expected] of attempts) {
      const seen = await attempt(url);
      faults.push(...expectSeen(what, seen, expected));
      if (seen.status === 1011) faults.push(`${what}: the socket broke`);
    }
    const after = await SOCKET_DOOR.attempt(url, { query: FOLLOW });
    if (!after.accepted) faults.push(`afterwards: ${after.text.slice(0, 200)}`);
    return faults;
  },
}));
