import { buy, type PlacedOrder } from '../../shop/shopping';
import type { Person } from '../proof-server';
import { ProofShop } from '../proof-shop';

/** A group that people can be made to join one after the other. */
export interface GrowingGroup {
  readonly id: string;
  readonly campaignId: string;
  readonly size: number;
  readonly joined: number;
  /** One more person orders and pays. */
  grow(): Promise<void>;
}

/** A shop with what overlays and counters need. */
export class EmbedShop {
  private at = 0;
  private orders = 0;

  private constructor(
    readonly shop: ProofShop,
    private readonly people: readonly Person[],
    private readonly shelf: string[],
  ) {}

  static async open(people = 40): Promise<EmbedShop> {
    const shop = await ProofShop.open();
    return new EmbedShop(shop, await shop.people(people), [...(await shop.shelf())]);
  }

  /** For making keys and tokens in a shop that has its own people. */
  static around(shop: ProofShop): Pick<EmbedShop, 'key' | 'overlay'> {
    return new EmbedShop(shop, [], []);
  }

  get url(): string {
    return this.shop.client.url;
  }

  close(): Promise<void> {
    return this.shop.close();
  }

  async group(size: number, more: Record<string, unknown> = {}): Promise<GrowingGroup> {
    const variantId = this.shelf.pop();
    if (!variantId) throw new Error('The demo catalogue has too few variants for this proof.');
    const campaignId = await this.shop.campaign(variantId, size, more);
    const opened = await this.buy(variantId, { campaignId });
    const id = opened.groupBuy?.id;
    if (!id) throw new Error('The group was not opened.');
    const group = {
      id,
      campaignId,
      size,
      joined: 1,
      grow: async () => {
        await this.buy(variantId, { groupBuyId: id });
        group.joined += 1;
      },
    };
    return group;
  }

  /** A publishable key whose list holds these origins. */
  async key(...origins: readonly string[]): Promise<string> {
    const { apiKeyCreate } = await this.shop.client.data<{ apiKeyCreate: { key: string | null } }>(
      'mutation Key($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { key userErrors { code } } }',
      { input: { name: 'Embedding', kind: 'PUBLISHABLE', scopes: ['live:overlay'], origins } },
      this.shop.merchant,
    );
    if (!apiKeyCreate.key) throw new Error('The key was not made.');
    return apiKeyCreate.key;
  }

  /** A token for an overlay of this group; `path` is that of its page. */
  async overlay(groupBuyId: string): Promise<{ readonly id: string; readonly token: string; readonly path: string }> {
    const { overlayTokenCreate } = await this.shop.client.data<{
      overlayTokenCreate: { token: string | null; path: string | null; overlayToken: { id: string } | null };
    }>(
      `mutation Overlay($input: OverlayTokenCreateInput!) {
        overlayTokenCreate(input: $input) { token path overlayToken { id } userErrors { code } }
      }`,
      { input: { name: 'Tonight', groupBuyId } },
      this.shop.merchant,
    );
    const { token, path, overlayToken } = overlayTokenCreate;
    if (!token || !path || !overlayToken) throw new Error('The overlay token was not made.');
    return { id: overlayToken.id, token, path };
  }

  private buy(
    variantId: string,
    groupBuy: { readonly campaignId: string } | { readonly groupBuyId: string },
  ): Promise<PlacedOrder> {
    const person = this.people[this.at++ % this.people.length];
    if (!person) throw new Error('Nobody is there to buy.');
    this.orders += 1;
    const order = { variantId, groupBuy, idempotencyKey: `embed-${this.orders}` };
    return buy(this.shop.client, { token: person.token }, order);
  }
}

/** "group=…#token=…" with more parameters in its first half. */
export function withParameters(path: string, parameters: Readonly<Record<string, string>>): string {
  const [before = '', after = ''] = path.split('#', 2);
  return `${before}&${new URLSearchParams(parameters)}#${after}`;
}
