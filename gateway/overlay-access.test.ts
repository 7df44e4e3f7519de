import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getOperationAST, isObjectType, parse, validate } from 'graphql';
import { refusalBeyondResource } from './overlay-access';

const schema = buildSchema(readFileSync(path.join(__dirname, '..', 'schema', 'public.graphql'), 'utf8'));

function codeOf(text: string, variables: Record<string, unknown> = { id: 'gbuy_1' }): unknown {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('The document has no operation.');
  expect(validate(schema, document)).toEqual([]);
  return refusalBeyondResource('gbuy_1', schema, document, operation, variables)?.extensions['code'] ?? null;
}

describe('what a credential bound to gbuy_1 may run', () => {
  it.each([
    [
      'the progress of its group',
      'subscription($id: ID!) { groupBuyProgress(groupBuyId: $id) { version asOf groupBuy { __typename joined size } } }',
    ],
    [
      'an id written out, fragments, an alias',
      'subscription { p: groupBuyProgress(groupBuyId: "gbuy_1") { ...P } } fragment P on GroupBuyProgress { groupBuy { status campaign { groupPrice { amount } product { title } } } }',
    ],
  ])('should allow %s', (_what, text) => {
    expect(codeOf(text)).toBeNull();
  });

  it.each([
    ['another group', 'subscription { groupBuyProgress(groupBuyId: "gbuy_2") { version } }'],
    [
      'a campaign of the same text',
      'subscription($id: ID!) { groupBuyCampaignProgress(campaignId: $id) { version } }',
      { id: 'gbc_1' },
    ],
    [
      'another group by variable',
      'subscription($id: ID!) { groupBuyProgress(groupBuyId: $id) { version } }',
      { id: 'gbuy_2' },
    ],
    ['people', 'subscription($id: ID!) { groupBuyProgress(groupBuyId: $id) { groupBuy { leader { displayName } } } }'],
    [
      'people by a fragment',
      'subscription($id: ID!) { groupBuyProgress(groupBuyId: $id) { ...P } } fragment P on GroupBuyProgress { groupBuy { members { joinedAt } } }',
    ],
    ['a query', '{ __typename }'],
    ['a mutation', 'mutation { sessionRevoke { userErrors { code } } }'],
  ])('should refuse %s', (_what, text, variables = { id: 'gbuy_1' }) => {
    expect(codeOf(text, variables)).toBe('FORBIDDEN');
  });

  it('should name only fields the schema has', () => {
    const source = readFileSync(path.join(__dirname, 'overlay-access.ts'), 'utf8');
    for (const type of [
      'GroupBuyProgress',
      'GroupBuyCampaignProgress',
      'GroupBuy',
      'GroupBuyCampaign',
      'GroupBuyTier',
      'Product',
      'Money',
    ]) {
      const known = schema.getType(type);
      if (!isObjectType(known)) throw new Error(`${type} is no object.`);
      const listed = new RegExp(`\\b${type}: \\[([^\\]]*)\\]`).exec(source)?.[1]?.match(/\w+/g) ?? [];
      expect([type, listed.filter((name) => !(name in known.getFields()))]).toEqual([type, []]);
      expect(listed.length).toBeGreaterThan(0);
    }
  });
});
