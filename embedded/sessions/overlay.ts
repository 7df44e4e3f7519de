import type { KeyRange } from '../storage/keyspace';
import type { Chunk, KeyValue, ReadChunk } from '../storage/kv';
import { keyText } from '../storage/locks';

/** A transaction's own writes: key to new value, or null where it removed the key. */
export class Overlay {
  private readonly values = new Map<string, Buffer | null>();
  /** The keys in order; made when a scan asks for it, dropped when a new key comes in. */
  private ordered: string[] | undefined;

  get size(): number {
    return this.values.size;
  }

  has(text: string): boolean {
    return this.values.has(text);
  }

  get(text: string): Buffer | null | undefined {
    return this.values.get(text);
  }

  set(text: string, value: Buffer | null): void {
    if (!this.values.has(text)) this.ordered = undefined;
    this.values.set(text, value);
  }

  *entries(): Generator<{ key: Buffer; value: Buffer | null }> {
    for (const [text, value] of this.values) yield { key: Buffer.from(text, 'latin1'), value };
  }

  /** A chunk of what lies below, with these writes in place. */
  chunk(below: ReadChunk, range: KeyRange, reverse: boolean, limit: number): Chunk {
    const { entries, reached } = below(range, reverse, limit);
    // Up to `reached` the chunk is complete; what lies behind it belongs to the next one.
    const start = reverse && reached !== undefined ? keyText(reached) : keyText(range.start);
    const last = !reverse && reached !== undefined ? keyText(reached) : undefined;
    const own = this.between(start, last, keyText(range.end));
    if (own.length === 0) return { entries, reached };
    const merged = new Map<string, KeyValue>();
    for (const entry of entries) merged.set(keyText(entry[0]), entry);
    for (const text of own) {
      const value = this.values.get(text);
      if (value) merged.set(text, [Buffer.from(text, 'latin1'), value]);
      else merged.delete(text);
    }
    const texts = [...merged.keys()].sort();
    if (reverse) texts.reverse();
    return { entries: texts.map((text) => merged.get(text) as KeyValue), reached };
  }

  /** Own keys from `start` up to and including `last`, or up to but without `end`. */
  private between(start: string, last: string | undefined, end: string): string[] {
    this.ordered ??= [...this.values.keys()].sort();
    const from = lowerBound(this.ordered, start);
    const to = last === undefined ? lowerBound(this.ordered, end) : lowerBound(this.ordered, `${last}\0`);
    return this.ordered.slice(from, to);
  }
}

/** Strings of one byte per character compare as their bytes do. */
function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
