/**
 * Runs work on the same key one after another within this process. It keeps writers of one hot document from
 * aborting each other's transactions; it decides nothing: the guarded write does, across processes too.
 */
export class KeyQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const mine = (before ?? Promise.resolve()).then(work, work);
    this.tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.tails.get(key) === mine) this.tails.delete(key);
    }
  }
}
