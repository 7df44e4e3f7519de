import { ANONYMOUS, type Identity } from '../../../platform/context/identity';
import { account } from '../../../test/support/subgraph-harness';
import { Shop } from '../testing/shop';
import { type CartLine, mergeLines } from './cart';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
beforeEach(() => shop.reset());
afterAll(() => shop.stop());

const CART = `cart { id lines { id variant { id } product { id } quantity unitPrice { amount } lineTotal { amount } }
  subtotal { amount currencyCode } warnings { code message line { variant { id } } } }`;

type Verb = 'Create' | 'LinesAdd' | 'LinesUpdate' | 'LinesRemove' | 'Merge';

function change(verb: Verb, input: object, identity: Identity = ANONYMOUS) {
  return shop.mutate(`cart${verb}`, `Cart${verb}Input`, input, CART, identity);
}

async function read(id: string, identity: Identity = ANONYMOUS) {
  const { data } = await shop.harness.graph(
    `query($id: ID!) { cart(id: $id) { ${CART.slice(7, -2)} } }`,
    { id },
    identity,
  );
  return data.cart;
}

const quantities = (cart: { lines: { variant: { id: string }; quantity: number }[] }) =>
  Object.fromEntries(cart.lines.map((line) => [line.variant.id, line.quantity]));

const tea = (quantity: number) => ({ variantId: 'var_tea', quantity });
const rice = (quantity: number) => ({ variantId: 'var_rice', quantity });

describe("a guest's cart", () => {
  it('should be made with lines and read by whoever knows its id', async () => {
    const { cart, userErrors } = await change('Create', { lines: [tea(2), rice(1)] });
    expect(userErrors).toEqual([]);
    expect(cart).toEqual({
      id: expect.stringMatching(/^cart_/),
      lines: [
        {
          id: expect.any(String),
          variant: { id: 'var_tea' },
          product: { id: 'prod_tea' },
          quantity: 2,
          unitPrice: { amount: '12.50' },
          lineTotal: { amount: '25.00' },
        },
        expect.objectContaining({ variant: { id: 'var_rice' }, lineTotal: { amount: '80.00' } }),
      ],
      subtotal: { amount: '105.00', currencyCode: 'HKD' },
      warnings: [],
    });
    expect(await read(cart.id)).toEqual(cart);
    expect(await read(cart.id, account())).toEqual(cart);
    expect(await read('cart_none')).toBeNull();
  });

  it('should be empty in the currency of the shop', async () => {
    const { cart } = await change('Create', {});
    expect(cart).toMatchObject({ lines: [], subtotal: { amount: '0.00', currencyCode: 'HKD' } });
  });

  it('should add deltas, set quantities and take lines out', async () => {
    const { cart } = await change('Create', { lines: [tea(1)] });
    const added = await change('LinesAdd', { cartId: cart.id, lines: [tea(2), rice(1)] });
    expect(quantities(added.cart)).toEqual({ var_tea: 3, var_rice: 1 });
    const [teaLine, riceLine] = added.cart.lines;
    const updates = [
      { id: teaLine.id, quantity: 5 },
      { id: riceLine.id, quantity: 0 },
    ];
    const updated = await change('LinesUpdate', { cartId: cart.id, lines: updates });
    expect(quantities(updated.cart)).toEqual({ var_tea: 5 });
    const removed = await change('LinesRemove', { cartId: cart.id, lineIds: [teaLine.id, 'gone'] });
    expect(removed.cart.lines).toEqual([]);
  });

  it('should keep every one of many parallel additions', async () => {
    const { cart } = await change('Create', {});
    await Promise.all(Array.from({ length: 8 }, () => change('LinesAdd', { cartId: cart.id, lines: [tea(1)] })));
    expect(quantities(await read(cart.id))).toEqual({ var_tea: 8 });
  });

  it.each([
    [{ variantId: 'var_none', quantity: 1 }, 'NOT_FOUND', 'variantId'],
    [{ variantId: 'var_gone', quantity: 1 }, 'NOT_FOUND', 'variantId'],
    [{ variantId: 'var_yen', quantity: 1 }, 'CURRENCY_MISMATCH', 'variantId'],
    [{ variantId: 'var_tea', quantity: 0 }, 'INVALID', 'quantity'],
    [{ variantId: 'var_tea', quantity: 999 }, 'INVALID', 'quantity'],
  ])('should refuse %j with %s and stay as it is', async (line, code, field) => {
    const { cart } = await change('Create', { lines: [tea(1)] });
    const answer = await change('LinesAdd', { cartId: cart.id, lines: [line] });
    expect(answer).toMatchObject({ cart: null, userErrors: [{ code, field: ['input', 'lines', '0', field] }] });
    expect(await read(cart.id)).toEqual(cart);
  });

  it('should refuse to change a line that is not there', async () => {
    const { cart } = await change('Create', { lines: [tea(1)] });
    const answer = await change('LinesUpdate', { cartId: cart.id, lines: [{ id: 'none', quantity: 1 }] });
    expect(answer.userErrors[0].code).toBe('NOT_FOUND');
  });

  it('should warn of changed prices and missing stock, at today’s prices', async () => {
    const { cart } = await change('Create', { lines: [tea(2), rice(5)] });
    const variant = (id: string) => {
      const found = shop.near.variants.get(id);
      if (!found) throw new Error(id);
      return found;
    };
    variant('var_tea').amount = '13.00';
    variant('var_rice').stock = 2;
    const seen = await read(cart.id);
    expect(seen.subtotal.amount).toBe('426.00');
    expect(seen.warnings).toEqual([
      { code: 'PRICE_CHANGED', message: expect.any(String), line: { variant: { id: 'var_tea' } } },
      { code: 'LOW', message: 'Only 2 left.', line: { variant: { id: 'var_rice' } } },
    ]);
    variant('var_rice').stock = 0;
    variant('var_tea').published = false;
    const later = await read(cart.id);
    expect(later.subtotal.amount).toBe('400.00');
    expect(later.warnings.map((warning: { code: string }) => warning.code)).toEqual(['UNAVAILABLE', 'SOLD_OUT']);
  });

  it('should ask catalog once for all its lines and fields', async () => {
    const { cart } = await change('Create', { lines: [tea(1), rice(1)] });
    shop.near.calls.length = 0;
    await read(cart.id);
    expect(shop.near.calls).toEqual(['_variants']);
  });
});

describe("an account's cart", () => {
  it('should be one, made once under parallel requests, and seen by its account alone', async () => {
    const ann = account();
    const made = await Promise.all(Array.from({ length: 5 }, () => change('Create', { lines: [tea(1)] }, ann)));
    expect(new Set(made.map((answer) => answer.cart.id)).size).toBe(1);
    const { id } = made[0].cart;
    expect(quantities(await read(id, ann))).toEqual({ var_tea: 5 });
    expect(await read(id)).toBeNull();
    expect(await read(id, account())).toBeNull();
    const theft = await change('LinesAdd', { cartId: id, lines: [tea(1)] }, account());
    expect(theft.userErrors[0].code).toBe('NOT_FOUND');
    expect(quantities(await read(id, ann))).toEqual({ var_tea: 5 });
  });

  it('should hang on the account for itself only', async () => {
    const ann = account();
    const { cart } = await change('Create', { lines: [tea(1)] }, ann);
    const document = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Account { cart { id } } } }`;
    const representation = { r: [{ __typename: 'Account', id: ann.accountId }] };
    expect((await shop.harness.graph(document, representation, ann)).data._entities).toEqual([
      { cart: { id: cart.id } },
    ]);
    expect((await shop.harness.graph(document, representation, account())).data._entities).toEqual([{ cart: null }]);
  });

  it('should take over a guest cart once, however often it is asked', async () => {
    const ann = account();
    const mine = (await change('Create', { lines: [tea(1)] }, ann)).cart;
    const guest = (await change('Create', { lines: [tea(2), rice(1)] })).cart;
    await Promise.all(Array.from({ length: 5 }, () => change('Merge', { cartId: guest.id }, ann)));
    const { cart } = await change('Merge', { cartId: guest.id }, ann);
    expect(cart.id).toBe(mine.id);
    expect(quantities(cart)).toEqual({ var_tea: 3, var_rice: 1 });
    expect((await read(guest.id)).lines).toEqual([]);
    const other = await change('Merge', { cartId: guest.id }, account());
    expect(other.userErrors[0].code).toBe('NOT_FOUND');
  });

  it('should not take over the cart of another account, nor merge for the signed-out', async () => {
    const mine = (await change('Create', { lines: [tea(1)] }, account())).cart;
    expect((await change('Merge', { cartId: mine.id }, account())).userErrors[0].code).toBe('NOT_FOUND');
    expect((await change('Merge', { cartId: mine.id })).errors[0].code).toBe('UNAUTHENTICATED');
  });
});

describe('mergeLines', () => {
  it('should stop at the limits instead of refusing', () => {
    const line = (variantId: string, quantity: number): CartLine => ({
      id: variantId,
      variantId,
      quantity,
      seenPrice: { minor: 1, currencyCode: 'HKD' },
    });
    expect(mergeLines([line('a', 998)], [line('a', 5)])).toEqual([line('a', 999)]);
    const full = Array.from({ length: 100 }, (_, i) => line(`v${i}`, 1));
    expect(mergeLines(full, [line('one more', 1)])).toEqual(full);
  });
});
