import { Tally } from './agreement';
import { mockGraph } from './mock-graph';

describe('generated operations on the supergraph of this product, second half', () => {
  it('should be answered alike by both executors', async () => {
    const tally = new Tally();
    await tally.run(mockGraph(), 5, 220);
    tally.print('the product, second half');
  });
});
