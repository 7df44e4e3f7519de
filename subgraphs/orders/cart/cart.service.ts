import type { Identity } from '../../../platform/context/identity';
import { requireAccount } from '../../../platform/graphql/authorization';
import { isDuplicateKey } from '../../../platform/mongo/database';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { ApiError } from '../../../platform/user-errors/api-error';
import { notFound } from '../../../platform/user-errors/refusal';
import type { StockService } from '../neighbours/stock.service';
import { addLines, type Cart, type CartLine, mergeLines, removeLines, updateLines, type VariantsById } from './cart';
import type { CartModel } from './cart.model';

type Lines = readonly { readonly variantId: string; readonly quantity: number }[];

const ATTEMPTS = 20;

/** Carts of guests (whoever knows the id) and of accounts (one each, theirs alone). */
export class CartService {
  constructor(
    private readonly kernel: Kernel,
    private readonly carts: CartModel,
    private readonly stock: StockService,
  ) {}

  /** Null for a cart that is not there or is another account's. */
  async find(identity: Identity, id: string): Promise<Cart | null> {
    const cart = await this.carts.find(id);
    const mine = cart?.accountId === null || (identity.kind === 'account' && cart?.accountId === identity.accountId);
    return cart && mine ? cart : null;
  }

  /** In the order of the ids asked; null where the account has no cart. */
  async findByAccounts(accountIds: readonly string[]): Promise<(Cart | null)[]> {
    const found = new Map((await this.carts.findByAccounts(accountIds)).map((cart) => [cart.accountId, cart]));
    return accountIds.map((id) => found.get(id) ?? null);
  }

  /** A new cart for a guest; for an account its one cart, with the lines added. */
  async create(identity: Identity, lines: Lines): Promise<Cart> {
    const accountId = identity.kind === 'account' ? identity.accountId : null;
    const variants = await this.variantsOf(lines);
    if (accountId !== null) {
      const cart = await this.ofAccount(accountId);
      return lines.length === 0 ? cart : this.add(cart._id, lines, variants);
    }
    const cart = this.empty(null, addLines([], lines, variants, this.newLineId));
    await this.carts.insert(cart);
    return cart;
  }

  async addLines(identity: Identity, cartId: string, lines: Lines): Promise<Cart> {
    await this.get(identity, cartId);
    return this.add(cartId, lines, await this.variantsOf(lines));
  }

  async updateLines(
    identity: Identity,
    cartId: string,
    updates: readonly { readonly id: string; readonly quantity: number }[],
  ): Promise<Cart> {
    const { lines } = await this.get(identity, cartId);
    const variants = await this.variantsOf(lines);
    return this.write(cartId, (current) => updateLines(current, updates, variants));
  }

  async removeLines(identity: Identity, cartId: string, lineIds: readonly string[]): Promise<Cart> {
    await this.get(identity, cartId);
    return this.write(cartId, (lines) => removeLines(lines, lineIds));
  }

  /** A guest's cart into the signed-in account's own; unique by cartId, a repeat answers the account's cart. */
  async merge(identity: Identity, cartId: string): Promise<Cart> {
    const accountId = requireAccount(identity);
    const mine = await this.ofAccount(accountId);
    const now = this.kernel.clock.now();
    return this.kernel.database.transaction(async (session) => {
      const guest = await this.carts.find(cartId, session);
      const current = (await this.carts.find(mine._id, session)) ?? mine;
      if (cartId === mine._id || guest?.mergedInto === mine._id) return current;
      if (!guest || guest.accountId !== null || guest.mergedInto !== null) throw notFound(['input', 'cartId'], 'cart');
      const emptied = await this.carts.change(guest, { lines: [], mergedInto: mine._id }, now, session);
      const merged = await this.carts.change(current, { lines: mergeLines(current.lines, guest.lines) }, now, session);
      if (!emptied || !merged) throw conflict();
      return merged;
    });
  }

  private async add(cartId: string, lines: Lines, variants: VariantsById): Promise<Cart> {
    return this.write(cartId, (current) => addLines(current, lines, variants, this.newLineId));
  }

  private async write(cartId: string, change: (lines: readonly CartLine[]) => CartLine[]): Promise<Cart> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const cart = await this.carts.find(cartId);
      if (!cart) throw notFound(['input', 'cartId'], 'cart');
      const changed = await this.carts.change(cart, { lines: change(cart.lines) }, this.kernel.clock.now());
      if (changed) return changed;
    }
    throw conflict();
  }

  private async ofAccount(accountId: string): Promise<Cart> {
    const [known] = await this.carts.findByAccounts([accountId]);
    if (known) return known;
    const cart = this.empty(accountId, []);
    try {
      await this.carts.insert(cart);
      return cart;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return this.ofAccount(accountId);
    }
  }

  private async get(identity: Identity, cartId: string): Promise<Cart> {
    const cart = await this.find(identity, cartId);
    if (!cart) throw notFound(['input', 'cartId'], 'cart');
    return cart;
  }

  private empty(accountId: string | null, lines: CartLine[]): Cart {
    const now = this.kernel.clock.now();
    const _id = this.kernel.newId('cart');
    return { _id, accountId, lines, version: 1, mergedInto: null, createdAt: now, updatedAt: now };
  }

  private readonly newLineId = (): string => this.kernel.newId('cline');

  private async variantsOf(lines: readonly { readonly variantId: string }[]): Promise<VariantsById> {
    const variants = await this.stock.findVariants([...new Set(lines.map((line) => line.variantId))]);
    return new Map(variants.map((variant) => [variant.variantId, variant]));
  }
}

function conflict(): ApiError {
  return new ApiError('CONFLICT', 'Too many changes met on this cart. Nothing changed; send the request again.');
}
