import type { Stack } from '../stack';
import type { Person } from './proof-server';

const AT_ONCE = 50;

/** Registers people and opens a session for each, without passwords: a load test does not measure their hashing. */
export async function openPeople(accounts: Stack['runtime']['running']['accounts'], count: number): Promise<Person[]> {
  const registered = await accounts.services.registration.registerMany(
    Array.from({ length: count }, (_, index) => ({ displayName: `Person ${index + 1}`, roles: ['CUSTOMER'] as const })),
  );
  const people: Person[] = [];
  for (let at = 0; at < registered.length; at += AT_ONCE) {
    const opened = await Promise.all(
      registered.slice(at, at + AT_ONCE).map(async ({ id }) => {
        const session = await accounts.services.sessions.open(id);
        if (!session) throw new Error(`${id} has no account.`);
        return { id, token: session.accessToken };
      }),
    );
    people.push(...opened);
  }
  return people;
}
