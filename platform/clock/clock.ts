/** The present, as an argument: services ask it, domain files receive what it said. Tests give their own. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that moves only when told to. Starts ahead of the real one, by which databases forget what has a time to live. */
export class ManualClock implements Clock {
  constructor(private current: Date = new Date('2050-01-01T00:00:00.000Z')) {}

  now(): Date {
    return new Date(this.current);
  }

  advance(milliseconds: number): void {
    this.current = new Date(this.current.getTime() + milliseconds);
  }

  set(to: Date): void {
    this.current = new Date(to);
  }
}
