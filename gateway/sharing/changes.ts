/** Counts what callers of this gateway may have seen change, so that no later read is answered from before it. */
export class Changes {
  private seen = 0;

  get count(): number {
    return this.seen;
  }

  note(): void {
    this.seen += 1;
  }
}
