/** Who holds a key: a transaction. Waiters are told when it ends. */
export interface LockOwner {
  /** Resolves when the owner has committed or aborted. */
  readonly ended: Promise<void>;
}

/** A plain write met a key that an open transaction has written. It is repeated once the owner has ended. */
export class LockedError extends Error {
  constructor(readonly owner: LockOwner) {
    super('locked by a transaction');
  }
}

/** Two transactions met on one key, or one wrote over what is newer than its snapshot. */
export class WriteConflictError extends Error {}

export function keyText(key: Buffer): string {
  return key.latin1Slice(0, key.length);
}

/** Keys written by open transactions. Kept in memory: open transactions do not outlive the process. */
export class LockTable {
  private readonly owners = new Map<string, LockOwner>();

  get isEmpty(): boolean {
    return this.owners.size === 0;
  }

  ownerOf(key: string): LockOwner | undefined {
    return this.owners.get(key);
  }

  take(key: string, owner: LockOwner): void {
    this.owners.set(key, owner);
  }

  release(keys: Iterable<string>): void {
    for (const key of keys) this.owners.delete(key);
  }
}
