import { hash, verify } from '@node-rs/argon2';
import { BoundedWork } from './bounded-work';
import { normalizePassword } from './password';

/** argon2id, 19 MiB, two passes, one lane: the OWASP password storage cheat sheet's second choice of equal strength. */
export const PASSWORD_POLICY = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Two hashes at once are two cores and 38 MiB; more would only starve everything else. */
const IN_FLIGHT = 2;
const WAITING = 200;

/** A hash that no password has, of the same cost as a real one: an unknown person takes as long to refuse as a known. */
export const NOBODYS_HASH = `$argon2id$v=19$m=${PASSWORD_POLICY.memoryCost},t=${PASSWORD_POLICY.timeCost},p=${PASSWORD_POLICY.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Hashes and checks passwords. Rejects with THROTTLED when too many wait already. */
export class PasswordHashing {
  private readonly work = new BoundedWork(IN_FLIGHT, WAITING);

  /** The encoded hash (PHC text) with a salt of its own. */
  hash(password: string): Promise<string> {
    // argon2id is the package's default algorithm; its enum cannot be used under isolatedModules.
    return this.work.run(() => hash(normalizePassword(password), PASSWORD_POLICY));
  }

  /** Whether the password has this hash. Null stands for nobody: false, at the same cost. */
  async matches(encoded: string | null, password: string): Promise<boolean> {
    const same = await this.work.run(() => verify(encoded ?? NOBODYS_HASH, normalizePassword(password)));
    return same && encoded !== null;
  }
}
