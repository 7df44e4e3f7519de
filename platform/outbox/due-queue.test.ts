import { DueQueue } from './due-queue';
import type { GroupWork, RelayGroup } from './group-work';
import type { OutboxStore } from './outbox-store';

/** A store without records: what matters here is which aggregates were looked up, and that every call ends. */
function queueOver(heldBack: Set<string>): { queue: DueQueue; lookedUp: string[] } {
  const lookedUp: string[] = [];
  const store = {
    findOf: (_group: string, ids: string[]) => {
      lookedUp.push(...ids);
      return Promise.resolve([]);
    },
  } as unknown as OutboxStore;
  const work = {
    activeOf: () => undefined,
    activeOfGroup: () => [],
    isHeldBack: (_group: string, id: string) => heldBack.has(id),
  } as unknown as GroupWork;
  return { queue: new DueQueue(store, work, { name: 'orders' } as RelayGroup), lookedUp };
}

const allowed = () => Promise.resolve(true);

describe('the queue of due aggregates', () => {
  it('should go on after everything it took was held back', async () => {
    const { queue, lookedUp } = queueOver(new Set(['a']));
    await queue.add('a', allowed);
    await queue.add('b', allowed);
    expect(lookedUp).toEqual(['b']);
    await queue.stop();
  });

  it('should look up together what is named together, and each once', async () => {
    const { queue, lookedUp } = queueOver(new Set());
    await Promise.all(['a', 'b', 'a'].map((id) => queue.add(id, allowed)));
    expect(lookedUp).toEqual(['a', 'b']);
  });

  it('should not lose what is named at the moment it ends', async () => {
    const { queue, lookedUp } = queueOver(new Set());
    const rounds = 50;
    for (let round = 0; round < rounds; round += 1) {
      // Each is named in the microtask in which the one before has ended.
      await queue.add(`a${round}`, allowed);
    }
    expect(lookedUp).toHaveLength(rounds);
  });

  it('should end every call when it is stopped', async () => {
    const { queue } = queueOver(new Set());
    const added = queue.add('a', allowed);
    await queue.stop();
    await added;
  });
});
