import { closest, type Relatable } from './related';

const item = (
  productId: string,
  categoryIds: string[],
  vendor: string | null = null,
  tags: string[] = [],
): Relatable => ({
  productId,
  categoryIds,
  vendor,
  tags,
});

describe('products that go together', () => {
  const milk = item('milk', ['food', 'dairy', 'fresh'], 'Kowloon', ['cold']);

  it('should be ordered by category, then vendor, then tags, then id', () => {
    const candidates = [
      item('tag', ['tools'], null, ['cold']),
      item('vendor', ['tools'], 'Kowloon'),
      item('sibling', ['food', 'dairy', 'yoghurt']),
      item('same-b', ['food', 'dairy', 'fresh']),
      item('same-a', ['food', 'dairy', 'fresh']),
      item('same-vendor', ['food', 'dairy', 'fresh'], 'Kowloon'),
    ];
    expect(closest(milk, candidates, 10)).toEqual(['same-vendor', 'same-a', 'same-b', 'sibling', 'vendor', 'tag']);
  });

  it('should leave out the product itself, repeats and strangers, and stop at the limit', () => {
    const near = item('near', ['food', 'dairy', 'fresh']);
    expect(closest(milk, [milk, near, near, item('stranger', ['tools'])], 10)).toEqual(['near']);
    expect(closest(milk, [near, item('other', ['food'])], 1)).toEqual(['near']);
  });
});
