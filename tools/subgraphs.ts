import { accounts } from '../subgraphs/accounts';
import { catalog } from '../subgraphs/catalog';
import { community } from '../subgraphs/community';
import { content } from '../subgraphs/content';
import { orders } from '../subgraphs/orders';
import { recommendations } from '../subgraphs/recommendations';
import { social } from '../subgraphs/social';

/** The seven owners of the graph. */
export const subgraphs = { accounts, catalog, orders, community, social, content, recommendations } as const;
