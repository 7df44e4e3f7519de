import type { PresentedKey } from '../authenticator';
import { addressName } from './address';
import { CostBuckets } from './cost-buckets';
import { LIMITS } from './limits';

/** Whose document it is. */
export interface Sender {
  readonly key?: PresentedKey | undefined;
  readonly address: string;
}

/** What is done once a document: it is checked against the schema; it is planned, once for each decision. */
export type OneTimeWork = keyof typeof LIMITS.newDocument;

/**
 * Holds an address to a tenth of a core for documents nobody sent before. What an operation costs says nothing about
 * this work: whoever asks for objects that do not exist gets nearly all points back, and a document at fault pays none.
 * Here the price is fixed and never given back. A secret key's server pays for its visitors, from wherever it calls.
 */
export class NewDocuments {
  private readonly buckets = new CostBuckets();

  constructor(
    private readonly enforced: boolean,
    private readonly now: () => number,
  ) {}

  /** Takes the price of the work about to be done; answers 0, or takes nothing and answers the whole seconds to wait. */
  pay({ key, address }: Sender, ...work: readonly OneTimeWork[]): number {
    if (!this.enforced) return 0;
    const now = this.now();
    // By address also where a person is known: the same person may sign in as many.
    const name = key?.kind === 'SECRET' ? `key ${key.keyId}` : `address ${addressName(address)}`;
    const bucket = this.buckets.get(name, LIMITS.newDocumentBucket, now);
    const price = work.reduce((sum, kind) => sum + LIMITS.newDocument[kind], 0);
    const wait = bucket.wait(price, now);
    if (wait === 0) bucket.take(price);
    return wait;
  }
}
