import { parse } from 'graphql';
import { remoteFaults } from './remote-fault';

const pathsOf = (text: string, variables: Record<string, unknown> = {}) =>
  remoteFaults('SUBGRAPH_TIMEOUT', { document: parse(text), variables }).map(({ path }) => path);

describe('the errors of a subgraph that did not answer', () => {
  it('should stand at each root field that was asked for', () => {
    const text =
      'query Q($no: Boolean!) { viewer { id } mine: cart { id } ...Rest review @include(if: $no) { id } __typename } fragment Rest on Query { shop { id } }';
    expect(pathsOf(text, { no: false })).toEqual([['viewer'], ['mine'], ['shop']]);
    expect(pathsOf('mutation { bump }')).toEqual([['bump']]);
  });

  it('should stand at the fields of each entity, by its type', () => {
    const text = `query Q($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on Product { __typename rating { average } first: reviews(first: 1) { totalCount } }
        ... on Account { name }
      }
    }`;
    const representations = [
      { __typename: 'Product', id: '1' },
      { __typename: 'Account', id: '2' },
      { __typename: 'Shop' },
    ];
    expect(pathsOf(text, { representations })).toEqual([
      ['_entities', 0, 'rating'],
      ['_entities', 0, 'first'],
      ['_entities', 1, 'name'],
      ['_entities', 2],
    ]);
    const many = Array.from({ length: 500 }, (_, id) => ({ __typename: 'Account', id }));
    expect(pathsOf(text, { representations: many })).toHaveLength(20);
  });

  it('should be one without a place when nothing can be said', () => {
    const [error, ...others] = remoteFaults('SUBGRAPH_UNAVAILABLE', { document: parse('fragment F on Query { a }') });
    expect([error?.path, error?.extensions, others]).toEqual([undefined, { code: 'SUBGRAPH_UNAVAILABLE' }, []]);
  });
});
