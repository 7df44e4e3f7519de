import { type AbuseCase, expectSeen, leaks, type Seen } from './abuse-case';
import { type Door, HTTP_DOOR, SOCKET_DOOR } from './doors';
import type { Make, OperationCase } from './operation-case';
import { SHAPE_CASES } from './shape-cases';
import { SIZE_CASES } from './size-cases';

const SLOW_MS = 2_000;
const MOST_ANSWER = 20_000;

async function faultsAt(
  door: Door,
  { within, beyond, expected = { accepted: false } }: OperationCase,
  url: string,
): Promise<string[]> {
  const faults: string[] = [];
  const tryOut = async (what: string, make: Make | undefined, wanted: Partial<Omit<Seen, 'text'>>): Promise<void> => {
    if (!make) return;
    const started = Date.now();
    const seen = await door.attempt(url, make(door.operation));
    const ms = Date.now() - started;
    faults.push(...expectSeen(what, seen, wanted));
    if (ms > SLOW_MS) faults.push(`${what}: took ${ms} ms`);
    if (what === 'beyond' && seen.text.length > MOST_ANSWER)
      faults.push(`${what}: ${seen.text.length} characters of refusal`);
    if (seen.status >= 500 && seen.status < 600) faults.push(`${what}: status ${seen.status}`);
    if (seen.status === 1011) faults.push(`${what}: the socket broke`);
  };
  await tryOut('within', within, { accepted: true });
  await tryOut('beyond', beyond, expected);
  // Whatever it was, the next caller is served.
  const after = await door.attempt(url, { query: `${door.operation} { item { id } }` });
  if (!after.accepted) faults.push(`afterwards: ${after.text.slice(0, 200)}`, ...leaks(after));
  return faults;
}

function casesAt(door: Door): AbuseCase[] {
  return [...SIZE_CASES, ...SHAPE_CASES].map((operation) => ({
    id: `doc-${operation.id}`,
    title: `${operation.title} (${door.name})`,
    run: (url) => faultsAt(door, operation, url),
  }));
}

export const HTTP_OPERATION_CASES: readonly AbuseCase[] = casesAt(HTTP_DOOR);
export const SOCKET_OPERATION_CASES: readonly AbuseCase[] = casesAt(SOCKET_DOOR);
