import { Tally } from './agreement';
import { mockGraph } from './mock-graph';

describe('generated operations on the supergraph of this product, first half', () => {
  it('should be answered alike by both executors', async () => {
    const tally = new Tally();
    await tally.run(mockGraph(), 4, 220);
    tally.print('the product, first half');
  });
});
