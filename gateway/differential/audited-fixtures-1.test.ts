import { Tally } from './agreement';
import { AUDIT } from './audit/categories';
import { buildGraph } from './fixture';

/** Every second category; the others are in the file beside, so that two workers share them. */
describe('generated operations on the fixtures of the audit, even ones', () => {
  const tally = new Tally();
  afterAll(() => tally.print('audit fixtures, even ones'));

  it.each(AUDIT.filter((_, index) => index % 2 === 0).map((category) => [category.name, category] as const))(
    'should be answered alike by both executors on %s',
    (_name, category) => tally.run(buildGraph(category), 1, 72),
  );
});
