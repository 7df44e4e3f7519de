import { ManualClock } from '../../../platform/clock/clock';
import type { Identity, Role } from '../../../platform/context/identity';
import { type SubgraphHarness, startSubgraph } from '../../../test/support/subgraph-harness';
import { accounts } from '..';
import type { AccountsServices } from '../context';

export type AccountsHarness = SubgraphHarness<AccountsServices>;

export const PASSWORD = 'demo-password-1';

/** Accounts on a database of its own. The clock is far ahead of any real one, so no record lapses under a test. */
export function startAccounts(): Promise<AccountsHarness> {
  return startSubgraph(accounts, { clock: new ManualClock(new Date('2050-01-01T08:00:00.000Z')) });
}

/** A registered person with a session, as the gateway would present them. */
export async function signedIn(
  harness: AccountsHarness,
  name: string,
  roles: readonly Role[] = ['CUSTOMER'],
): Promise<Identity & { kind: 'account' }> {
  const [person] = await harness.services.registration.registerMany([
    { displayName: name, identifier: `${name.toLowerCase()}@example.com`, roles },
  ]);
  const session = person && (await harness.services.sessions.open(person.id));
  if (!session) throw new Error('The person could not be registered.');
  return { kind: 'account', accountId: session.account.id, sessionId: session.id, roles };
}
