import { unrecordedBreaks } from './breaking-changes';

const RELEASED = 'type Query { product(id: ID!): String price: Int }';

describe('breaking changes of the public schema', () => {
  it('should be refused unless they are recorded word for word', async () => {
    const current = 'type Query { product(id: ID!, currency: String!): String }';
    const breaks = await unrecordedBreaks(RELEASED, current, '');
    expect(breaks).toHaveLength(2);
    expect(breaks.join('\n')).toMatch(/price/);
    expect(breaks.join('\n')).toMatch(/currency/);
    expect(await unrecordedBreaks(RELEASED, current, `| 2026-11-22 | ${breaks[0]} | why |`)).toEqual([breaks[1]]);
  });

  it('should let additions and deprecations through', async () => {
    const current =
      'type Query { product(id: ID!, currency: String): String price: Int @deprecated(reason: "x") more: Int }';
    expect(await unrecordedBreaks(RELEASED, current, '')).toEqual([]);
  });
});
