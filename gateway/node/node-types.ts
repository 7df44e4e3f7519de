/** A type whose objects `node(id)` finds. */
export interface NodeType {
  readonly type: string;
  /** The prefix of its ids. */
  readonly prefix: string;
  /** The subgraph whose reference resolver knows whether there is one, and whether the caller may see it. */
  readonly owner: string;
}

/** An account's id leads to its Profile, which is what everybody may see of it; one's own Account is `viewer`. */
export const NODE_TYPES: readonly NodeType[] = [
  { type: 'Category', prefix: 'cat', owner: 'catalog' },
  { type: 'GroupBuy', prefix: 'gbuy', owner: 'social' },
  { type: 'GroupBuyCampaign', prefix: 'gbc', owner: 'social' },
  { type: 'Location', prefix: 'loc', owner: 'catalog' },
  { type: 'Neighborhood', prefix: 'nbhd', owner: 'community' },
  { type: 'Order', prefix: 'ord', owner: 'orders' },
  { type: 'Product', prefix: 'prod', owner: 'catalog' },
  { type: 'ProductVariant', prefix: 'var', owner: 'catalog' },
  { type: 'Profile', prefix: 'acct', owner: 'accounts' },
  { type: 'Review', prefix: 'rev', owner: 'content' },
];
