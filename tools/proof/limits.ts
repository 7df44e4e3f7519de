import { LIMITS } from '../../gateway/limits/limits';
import { ABUSE } from '../../gateway/testing/abuse/abuse-cases';
import { startAbused } from '../../gateway/testing/abuse/abuse-graph';
import { Line, post } from '../../gateway/testing/abuse/doors';
import { runCases } from './abuse';
import { type Goal, type GoalOptions, outcome } from './goal';

/** The cases that stand at a limit and one past it; both doors where both have the limit. */
const AT_BOTH = [
  'doc-tokens',
  'doc-depth',
  'doc-depth-fragments',
  'doc-aliases',
  'doc-aliases-spread',
  'doc-directives',
  'doc-directives-spread',
  'doc-selections',
  'doc-page-literal',
  'doc-page-variable',
  'doc-page-default',
  'doc-cost',
  'doc-cost-variables',
  'doc-cost-condition',
  'doc-list-literal',
  'doc-list-variable',
  'doc-list-nested',
  'doc-variable-values',
  'doc-variable-depth',
];
const ONLY = {
  http: ['http-body', 'http-body-chunked', 'http-mutations'],
  socket: ['ws-message', 'ws-init-late', 'ws-subscriptions', 'ws-operations', 'ws-long-id'],
} as const;

async function run({ size, progress }: GoalOptions) {
  const faults: string[] = [];
  const server = await startAbused();
  const { url } = server.gateway;
  let checked = 0;
  try {
    for (const door of ['http', 'socket'] as const) {
      const wanted = [...AT_BOTH, ...ONLY[door]];
      const cases = ABUSE[door].filter(({ id }) => wanted.includes(id));
      faults.push(
        ...wanted.filter((id) => !cases.some((found) => found.id === id)).map((id) => `${door}: no case ${id}`),
      );
      progress(`${cases.length} limits by ${door}`);
      faults.push(...(await runCases(door, cases, url)));
      checked += cases.length;
    }
    if (size !== 'smoke') {
      progress('the deadline');
      faults.push(...(await deadline(url)));
      checked += 2;
    }
  } finally {
    await server.gateway.stop();
  }
  progress('what an address and a key may spend');
  faults.push(...(await spending()));
  return outcome(`${checked + 2} limits, each at its number and one past it`, faults);
}

/** A query and an event that never end are answered at the deadline. */
async function deadline(url: string): Promise<string[]> {
  const faults: string[] = [];
  const inTime = (what: string, ms: number, code: string | null): void => {
    if (ms < LIMITS.queryDeadlineMs - 500 || ms > LIMITS.queryDeadlineMs + 1_500) faults.push(`${what} took ${ms} ms`);
    if (code !== 'INTERNAL') faults.push(`${what} was answered with ${code}`);
  };
  const patience = LIMITS.queryDeadlineMs + 5_000;
  await Promise.all([
    (async () => {
      const started = Date.now();
      const seen = await post(url, '{"query":"{ item { never } }"}', {}, patience);
      inTime('a query that never ends', Date.now() - started, seen.code);
    })(),
    (async () => {
      const line = await Line.ready(url);
      const started = Date.now();
      line.send({ id: 'a', type: 'subscribe', payload: { query: 'subscription { item { never } }' } });
      const seen = await line.until(({ type }) => type === 'next' || type === 'error', patience);
      inTime('an event that never ends', Date.now() - started, seen.code);
      line.close();
    })(),
  ]);
  return faults;
}

const PUBLIC = 'subscription { item { children(first: 100) { children(first: 17) { id } } } }';

/** Points and requests of one address, both counted, at both doors. */
async function spending(): Promise<string[]> {
  const faults: string[] = [];
  const server = await startAbused({ counted: true });
  const { url } = server.gateway;
  try {
    // Answered with two entries where a hundred are asked for, so nearly everything is given back.
    const cheap = '{"query":"{ item { children(first: 100) { children(first: 17) { id } } } }"}';
    for (let time = 0; time < 10; time++) {
      const seen = await post(url, cheap);
      if (!seen.accepted) faults.push(`what was given back is missing: ${seen.text.slice(0, 200)}`);
    }
    const line = await Line.ready(url);
    // Whoever joins a public topic that runs takes nothing of anybody: all of these are one topic.
    for (let time = 0; time < 6; time++) {
      const id = `p${time}`;
      line.send({ id, type: 'subscribe', payload: { query: PUBLIC } });
      const { code } = await line.until((message) => message.id === id);
      if (code !== null) faults.push(`a public topic was refused with ${code}`);
      line.send({ id, type: 'complete' });
    }
    const dear = 'subscription { own { children(first: 100) { children(first: 17) { id } } } }';
    const codes: (string | null)[] = [];
    for (let time = 0; time < 6; time++) {
      const id = `s${time}`;
      line.send({ id, type: 'subscribe', payload: { query: dear } });
      codes.push((await line.until((message) => message.id === id)).code);
    }
    line.close();
    // Each asks for 1,801 of 10,000 points; a subscription gives nothing back.
    if (codes.slice(0, 5).some((code) => code !== null)) faults.push(`refused with points left: ${codes.join()}`);
    if (codes[5] !== 'THROTTLED') faults.push(`spent more than there is: ${codes.join()}`);
    const refused = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: cheap,
    });
    if (refused.status !== 429 || !(Number(refused.headers.get('retry-after')) > 0)) {
      faults.push(`the socket's spending does not count by HTTP: ${refused.status}`);
    }
    await refused.text();
    let answered = 0;
    for (let time = 0; time < LIMITS.requestsPerWindow + 1; time++) {
      if ((await post(url, '{"query":"{ __typename }"}')).status === 200) answered += 1;
    }
    if (answered > LIMITS.requestsPerWindow) faults.push(`${answered} requests of one address within the window`);
  } finally {
    await server.gateway.stop();
  }
  return faults;
}

/** S2: every limit of the door, with variables counted, by HTTP and on the socket. */
export const limits: Goal = { id: 'S2', title: 'limits of the door', run };
