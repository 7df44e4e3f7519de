import { InProcessBus } from '../platform/bus/bus';
import { EVENT_ROUTES } from '../platform/events/routes';
import { openShop } from './support/stack-harness';

describe('the routes of events', () => {
  it('should name exactly the subgraphs that consume each type', async () => {
    const consumed: Record<string, Set<string>> = {};
    const consume = jest.spyOn(InProcessBus.prototype, 'consume').mockImplementation((consumer) => {
      // A consumer is named after its subgraph.
      const [subgraph = ''] = consumer.name.split('.');
      for (const type of consumer.types) {
        consumed[type] ??= new Set();
        consumed[type].add(subgraph);
      }
    });
    const shop = await openShop();
    consume.mockRestore();
    await shop.stop();
    const found = Object.fromEntries(Object.entries(consumed).map(([type, names]) => [type, [...names].sort()]));
    const declared = Object.fromEntries(
      Object.entries(EVENT_ROUTES).flatMap(([type, { to }]) => (to.length > 0 ? [[type, [...to].sort()]] : [])),
    );
    expect(found).toEqual(declared);
  });
});
