import { Tally } from './agreement';
import { AUDIT } from './audit/categories';
import { buildGraph } from './fixture';

/** The categories between those of the file beside. */
describe('generated operations on the fixtures of the audit, odd ones', () => {
  const tally = new Tally();
  afterAll(() => tally.print('audit fixtures, odd ones'));

  it.each(AUDIT.filter((_, index) => index % 2 === 1).map((category) => [category.name, category] as const))(
    'should be answered alike by both executors on %s',
    (_name, category) => tally.run(buildGraph(category), 1, 72),
  );
});
