import { hasRole, type Identity, type Role } from '../../../platform/context/identity';
import { isDuplicateKey } from '../../../platform/mongo/database';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { invalid, notFound } from '../../../platform/user-errors/refusal';
import { type CredentialModel, importClaim } from '../credential/credential.model';
import type { SessionModel } from '../session/session.model';
import { type Account, checkRoles, displayNameFrom, losesRole } from './account';
import type { AccountModel } from './account.model';

/** A person outside the system, by the name another system has for them. */
export interface ImportedProfile {
  readonly source: string;
  readonly externalName: string;
}

const IMPORT_ATTEMPTS = 5;

/** Reads and changes of accounts that exist. */
export class AccountService {
  constructor(
    private readonly kernel: Kernel,
    private readonly accounts: AccountModel,
    private readonly credentials: CredentialModel,
    private readonly sessions: SessionModel,
  ) {}

  /** Whether the caller may see the account itself, not only its profile. */
  canRead(identity: Identity, accountId: string): boolean {
    if (identity.kind === 'service') return true;
    return identity.kind === 'account' && (identity.accountId === accountId || hasRole(identity, 'STAFF', 'ADMIN'));
  }

  findMany(ids: readonly string[]): Promise<readonly Account[]> {
    return this.accounts.findMany(ids);
  }

  /**
   * Replaces the roles. Open sessions learn of new roles at their next refresh; when a role is taken away they are
   * closed, so that no token keeps it beyond its few minutes. Refuses NOT_FOUND, INVALID.
   */
  async setRoles(identity: Identity, accountId: string, roles: readonly Role[]): Promise<Account> {
    const wanted = checkRoles(roles, ['input', 'roles']);
    if (identity.kind === 'account' && identity.accountId === accountId && !wanted.includes('ADMIN')) {
      throw invalid(['input', 'roles'], 'Another administrator must take this role from you.');
    }
    const now = this.kernel.clock.now();
    return this.kernel.database.transaction(async (session) => {
      const before = await this.accounts.setRoles(session, accountId, wanted);
      if (!before) throw notFound(['input', 'accountId'], 'account');
      if (losesRole(before.roles, wanted)) await this.sessions.revokeAll(session, accountId, now);
      return { ...before, roles: wanted, version: before.version + 1 };
    });
  }

  /** Profiles of people outside the system, made on first sight; ids in the order asked. Unique by source and name. */
  async importProfiles(people: readonly ImportedProfile[]): Promise<readonly string[]> {
    const claims = people.map(({ source, externalName }) => ({
      claim: importClaim(source, externalName),
      displayName: displayNameFrom(externalName),
    }));
    for (let attempt = 1; ; attempt += 1) {
      const owners = await this.credentials.findOwners(claims.map(({ claim }) => claim));
      const missing = new Map(claims.filter(({ claim }) => !owners.has(claim)).map((entry) => [entry.claim, entry]));
      const made = [...missing.values()].map(({ claim, displayName }) => ({
        claim,
        account: this.profile(displayName),
      }));
      try {
        await this.kernel.database.transaction(async (session) => {
          await this.credentials.claim(
            session,
            made.map(({ claim, account }) => ({ claim, accountId: account.id })),
          );
          await this.accounts.insert(
            session,
            made.map(({ account }) => account),
          );
        });
      } catch (error) {
        // Another import made one of them meanwhile: look again.
        if (isDuplicateKey(error) && attempt < IMPORT_ATTEMPTS) continue;
        throw error;
      }
      const all = new Map([...owners, ...made.map(({ claim, account }) => [claim, account.id] as const)]);
      return claims.map(({ claim }) => all.get(claim) as string);
    }
  }

  private profile(displayName: string): Account {
    return {
      id: this.kernel.newId('acct'),
      displayName,
      roles: [],
      identifiers: [],
      createdAt: this.kernel.clock.now(),
      version: 1,
    };
  }
}
