import { type Clock, systemClock } from '../../../platform/clock/clock';
import { hasRole, type Identity, visibleIdentity } from '../../../platform/context/identity';
import { BoundedCache } from '../../bounded-cache';
import { WeightedCache } from '../../weighted-cache';
import type { CachePolicy } from './cache-policy';

const MAX_ENTRIES = 20_000;
/** Writers whose own writes are remembered; who drops out may read up to `maxAge` late. */
const MAX_WRITERS = 20_000;
export const DEFAULT_RESPONSE_CACHE_BYTES = 32 * 1024 * 1024;

interface Entry {
  /** The `data` member as JSON text. */
  readonly data: string;
  readonly storedAt: number;
  readonly expiresAt: number;
  /** Subgraphs whose data is inside. */
  readonly subgraphs: readonly string[];
  /** The count of writes when the reading began. */
  readonly asOf: number;
}

/** What makes two requests the same question. */
export interface Question {
  readonly documentHash: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly languages: readonly string[];
  readonly identity: Identity;
  /** Headers that say in which neighbourhood and channel the question is asked. */
  readonly surroundings: string;
}

export interface Kept {
  readonly data: string;
  /** Whole seconds since it was made. */
  readonly age: number;
}

/** Answers without errors, kept in this process for as long as their `@cacheControl` allows. */
export class ResponseCache {
  private readonly entries: WeightedCache<Entry>;
  private writes = 0;
  /** Subgraph to the count of writes at its last one. */
  private readonly written = new Map<string, number>();
  /** Writer to the count of writes at their last one. */
  private readonly writers = new BoundedCache<string, number>(MAX_WRITERS);

  constructor(
    maxBytes: number = DEFAULT_RESPONSE_CACHE_BYTES,
    private readonly clock: Clock = systemClock,
  ) {
    this.entries = new WeightedCache(MAX_ENTRIES, maxBytes);
  }

  /** The key of a question under a policy; null where the caller's answers are never kept. */
  keyOf(question: Question, policy: CachePolicy): string | null {
    // Staff and sellers see drafts, stock and costs that change under their hands.
    if (hasRole(question.identity, 'LEADER', 'HOST', 'STAFF', 'MERCHANT', 'ADMIN')) return null;
    return JSON.stringify([
      question.documentHash,
      question.operationName ?? null,
      question.variables,
      question.languages,
      question.surroundings,
      policy.scope === 'PUBLIC' ? '' : visibleIdentity(question.identity),
    ]);
  }

  /** A moment before a reading, to be handed to `keep`. */
  now(): number {
    return this.writes;
  }

  /** Nothing from before the reader's own last write. */
  find(key: string, reader: string): Kept | null {
    const entry = this.entries.get(key);
    if (!entry || entry.asOf < (this.writers.get(reader) ?? 0)) return null;
    const now = this.clock.now().getTime();
    if (entry.expiresAt <= now || this.isOutdated(entry.subgraphs, entry.asOf)) {
      this.entries.delete(key);
      return null;
    }
    return { data: entry.data, age: Math.max(0, Math.floor((now - entry.storedAt) / 1_000)) };
  }

  /** `asOf` is `now()` of before the reading began: what was read while somebody wrote is not kept. */
  keep(key: string, data: string, policy: CachePolicy, subgraphs: readonly string[], asOf: number): void {
    if (this.isOutdated(subgraphs, asOf)) return;
    const storedAt = this.clock.now().getTime();
    const entry = { data, storedAt, expiresAt: storedAt + policy.maxAge * 1_000, subgraphs, asOf };
    // Two bytes a character at worst, and the entry around it.
    this.entries.set(key, entry, 2 * (key.length + data.length) + 200);
  }

  /**
   * A write went to these subgraphs: what was read of them before is no longer an answer for anybody. For the writer
   * nothing is that was read before, since a write may reach further subgraphs behind this door.
   */
  wrote(subgraphs: readonly string[], writer: string): void {
    this.writes += 1;
    this.writers.set(writer, this.writes);
    for (const name of subgraphs) this.written.set(name, this.writes);
  }

  private isOutdated(subgraphs: readonly string[], asOf: number): boolean {
    return subgraphs.some((name) => (this.written.get(name) ?? 0) > asOf);
  }
}
