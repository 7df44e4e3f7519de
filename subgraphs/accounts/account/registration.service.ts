import type { Role } from '../../../platform/context/identity';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { event } from '../../../platform/outbox/outbox';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { invalid, Refusal } from '../../../platform/user-errors/refusal';
import { type CredentialModel, identifierClaim } from '../credential/credential.model';
import { type Identifier, parseIdentifier } from '../credential/identifier';
import { checkPassword } from '../credential/password';
import type { PasswordHashing } from '../credential/password-hashing';
import { type Account, checkDisplayName, checkRoles } from './account';
import type { AccountModel } from './account.model';

export interface Registration {
  /** E-mail address or E.164 phone number. */
  readonly identifier: string;
  readonly password: string;
  readonly displayName: string;
  /** Default: CUSTOMER. Only code of this installation may ask for others; no mutation passes them on. */
  readonly roles?: readonly Role[];
}

/** Someone registered by a tool: without a password, so no sign-in but by a session the tool opens. */
export interface BulkRegistration {
  readonly displayName: string;
  readonly identifier?: string;
  readonly roles?: readonly Role[];
}

const BULK_BATCH = 500;

/** How people come into the system. Unique by identifier. */
export class RegistrationService {
  constructor(
    private readonly kernel: Kernel,
    private readonly accounts: AccountModel,
    private readonly credentials: CredentialModel,
    private readonly passwords: PasswordHashing,
  ) {}

  /** Refuses INVALID, PASSWORD_TOO_WEAK, IDENTIFIER_TAKEN; rejects with THROTTLED under too many hashes. */
  async register(registration: Registration): Promise<Account> {
    const identifier = readIdentifier(registration.identifier);
    const displayName = checkDisplayName(registration.displayName, ['input', 'displayName']);
    checkPassword(registration.password, identifier, ['input', 'password']);
    const claim = identifierClaim(identifier);
    // Spares the hash of most repeats; the claim itself decides.
    if ((await this.credentials.findOwners([claim])).size > 0) throw taken();
    const passwordHash = await this.passwords.hash(registration.password);
    const account = this.newAccount(displayName, [identifier], registration.roles);
    try {
      await this.kernel.database.transaction(async (session) => {
        await this.credentials.claim(session, [{ claim, accountId: account.id }]);
        await this.accounts.insert(session, [account]);
        await this.credentials.setPassword(session, account.id, passwordHash);
        await this.kernel.outbox.write(session, [registered(account)]);
      });
    } catch (error) {
      if (isDuplicateKey(error)) throw taken();
      throw error;
    }
    this.kernel.outbox.notify();
    return account;
  }

  /** Registers unless the identifier is taken already; a repeat changes nothing. Answers whether it registered. */
  async ensure(registration: Registration): Promise<boolean> {
    try {
      await this.register(registration);
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'IDENTIFIER_TAKEN') return false;
      throw error;
    }
  }

  /** Registers people without passwords, 500 to a transaction, in the order given. */
  async registerMany(people: readonly BulkRegistration[]): Promise<readonly Account[]> {
    const accounts = people.map((person) =>
      this.newAccount(
        checkDisplayName(person.displayName, ['displayName']),
        person.identifier === undefined ? [] : [readIdentifier(person.identifier)],
        person.roles,
      ),
    );
    for (let start = 0; start < accounts.length; start += BULK_BATCH) {
      const batch = accounts.slice(start, start + BULK_BATCH);
      try {
        await this.kernel.database.transaction(async (session) => {
          await this.credentials.claim(
            session,
            batch.flatMap(({ id, identifiers }) =>
              identifiers.map((identifier) => ({ claim: identifierClaim(identifier), accountId: id })),
            ),
          );
          await this.accounts.insert(session, batch);
          await this.kernel.outbox.write(session, batch.map(registered));
        });
      } catch (error) {
        if (isDuplicateKey(error)) throw taken();
        throw error;
      }
      this.kernel.outbox.notify();
    }
    return accounts;
  }

  /** How many people can sign in. */
  count(): Promise<number> {
    return this.accounts.count();
  }

  private newAccount(
    displayName: string,
    identifiers: readonly Identifier[],
    roles: readonly Role[] = ['CUSTOMER'],
  ): Account {
    return {
      id: this.kernel.newId('acct'),
      displayName,
      roles: checkRoles(roles, ['roles']),
      identifiers,
      createdAt: this.kernel.clock.now(),
      version: 1,
    };
  }
}

function readIdentifier(text: string): Identifier {
  const identifier = parseIdentifier(text);
  if (!identifier) {
    throw invalid(['input', 'identifier'], 'An identifier is an e-mail address or a phone number like +85291234567.');
  }
  return identifier;
}

function registered(account: Account) {
  return event('account.registered', account.id, account.version, { accountId: account.id });
}

function taken(): Refusal {
  return new Refusal('IDENTIFIER_TAKEN', 'There is an account with this e-mail address or phone number already.', {
    field: ['input', 'identifier'],
  });
}
