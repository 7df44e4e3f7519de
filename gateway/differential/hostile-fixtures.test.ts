import { Tally } from './agreement';
import { AUDIT } from './audit/categories';
import { buildGraph } from './fixture';
import { faults } from './fixtures/faults';
import { media } from './fixtures/media';
import { values } from './fixtures/values';
import { unreliable } from './unreliable';

describe('generated operations on hostile data and unreliable subgraphs', () => {
  const tally = new Tally();
  afterAll(() => tally.print('hostile fixtures'));

  it.each([values, faults, media].map((fixture) => [fixture.name, fixture] as const))(
    'should be answered alike by both executors on %s',
    (_name, fixture) => tally.run(buildGraph(fixture), 2, 300),
  );

  it.each(
    [faults, media, ...AUDIT.filter(({ size }, index) => size === undefined && index % 4 === 0)].map(
      (fixture) => [fixture.name, fixture] as const,
    ),
  )('should be answered alike when subgraphs of %s are unreachable, mute or talk nonsense', (_name, fixture) =>
    tally.run(buildGraph(fixture, unreliable(3)), 3, 50),
  );
});
