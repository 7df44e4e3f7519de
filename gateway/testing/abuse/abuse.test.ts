import type { TestGateway } from '../test-gateway';
import { ABUSE } from './abuse-cases';
import { INTERNAL_TEXT, startAbused } from './abuse-graph';

describe('abuse', () => {
  let server: TestGateway;
  beforeAll(async () => {
    server = await startAbused();
  });
  afterAll(() => server.gateway.stop());

  describe.each(Object.entries(ABUSE))('by %s', (_door, cases) => {
    const quick = cases.filter(({ slow }) => !slow);

    it.each(quick.map((each) => [each.id, each.title, each] as const))(
      'should be answered: %s, %s',
      async (_id, _title, { run }) => {
        expect(await run(server.gateway.url)).toEqual([]);
      },
    );
  });

  it('should name every case once', () => {
    for (const cases of Object.values(ABUSE)) expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });

  it('should have kept what a driver said for the log', () => {
    expect(JSON.stringify(server.lines)).toContain(INTERNAL_TEXT);
  });
});
