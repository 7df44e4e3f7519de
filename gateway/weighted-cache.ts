interface Entry<Value> {
  readonly value: Value;
  readonly weight: number;
}

/** A map that keeps its most recently used entries, at most `maxEntries` of them and at most `maxWeight` together. */
export class WeightedCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private total = 0;

  constructor(
    private readonly maxEntries: number,
    private readonly maxWeight: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get weight(): number {
    return this.total;
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    // A Map iterates in insertion order: putting a used entry last keeps the least recently used one first.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** What alone is heavier than the whole cache is not kept. */
  set(key: string, value: Value, weight: number): void {
    this.delete(key);
    if (weight > this.maxWeight) return;
    this.entries.set(key, { value, weight });
    this.total += weight;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.maxEntries && this.total <= this.maxWeight) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.total -= entry.weight;
  }
}
