import { addressName } from '../limits/address';

/** How many connections may be open at once, sockets and event streams together. */
export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly connectionsPerKey: number;
}

/** Why a connection may not be opened. */
export type Crowded = 'PROCESS' | 'ADDRESS';

/** One open connection's place among the counted. */
export interface Seat {
  /** Counts the connection to a storefront key too; false when the key has as many as it may. */
  claimKey(key: string): boolean;
  /** Gives the place back; once is enough, more does no harm. */
  leave(): void;
}

export class ConnectionCounts {
  private open = 0;
  private readonly byAddress = new Map<string, number>();
  private readonly byKey = new Map<string, number>();

  constructor(private readonly limits: ConnectionLimits) {}

  enter(address: string): Seat | Crowded {
    if (this.open >= this.limits.connections) return 'PROCESS';
    const name = addressName(address);
    if (!claim(this.byAddress, name, this.limits.connectionsPerAddress)) return 'ADDRESS';
    this.open += 1;
    let here = true;
    let claimed: string | null = null;
    return {
      claimKey: (key) => {
        if (!here || claimed !== null || !claim(this.byKey, key, this.limits.connectionsPerKey)) return false;
        claimed = key;
        return true;
      },
      leave: () => {
        if (!here) return;
        here = false;
        this.open -= 1;
        giveBack(this.byAddress, name);
        if (claimed !== null) giveBack(this.byKey, claimed);
      },
    };
  }
}

function claim(counts: Map<string, number>, name: string, most: number): boolean {
  const count = counts.get(name) ?? 0;
  if (count >= most) return false;
  counts.set(name, count + 1);
  return true;
}

function giveBack(counts: Map<string, number>, name: string): void {
  const count = counts.get(name) ?? 0;
  if (count > 1) counts.set(name, count - 1);
  else counts.delete(name);
}
