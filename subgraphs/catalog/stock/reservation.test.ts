import { newId } from '../../../platform/ids/id';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import { Refusal } from '../../../platform/user-errors/refusal';
import { type CatalogHarness, givenProduct, givenStock, merchant, service, shopper, startCatalog } from '../testing';
import { ReservationService } from './reservation.service';
import { totalAvailable } from './stock';

describe('stock reservations', () => {
  let catalog: CatalogHarness;
  beforeAll(async () => {
    catalog = await startCatalog();
  });
  afterAll(() => catalog.stop());

  const inMinutes = (minutes: number) => new Date(catalog.clock.now().getTime() + minutes * 60_000);
  const reserve = (orderId: string, lines: { variantId: string; quantity: number }[], minutes = 15) =>
    catalog.services.reservations.reserve({ orderId, expiresAt: inMinutes(minutes), lines });
  const levels = async (variantId: string) => {
    const found = await catalog.services.stock.levelsOf([variantId]);
    return found.map(({ onHand, reserved, available }) => ({ onHand, reserved, available }));
  };
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => (error instanceof Refusal ? error.toValue() : Promise.reject(error)),
    );
  async function variant(stock: number): Promise<string> {
    const { variantIds } = await givenProduct(catalog, { handle: newId('h').replace('_', '-') }, stock);
    return variantIds[0] ?? '';
  }

  it('should hold, sell and log the goods of an order', async () => {
    const variantId = await variant(5);
    const orderId = newId('ord');
    expect(await reserve(orderId, [{ variantId, quantity: 2 }])).toEqual({ orderId, status: 'HELD' });
    expect(await levels(variantId)).toEqual([{ onHand: 5, reserved: 2, available: 3 }]);
    expect(await catalog.services.reservations.commit(orderId)).toEqual({ orderId, status: 'COMMITTED' });
    expect(await catalog.services.reservations.commit(orderId)).toEqual({ orderId, status: 'COMMITTED' });
    expect(await levels(variantId)).toEqual([{ onHand: 3, reserved: 0, available: 3 }]);
    const log = await catalog.services.stock.adjustments(variantId, { first: 10, after: null });
    expect(log.nodes.map(({ delta, reason, actor }) => ({ delta, reason, actor }))).toEqual([
      { delta: -2, reason: 'sold', actor: `order:${orderId}` },
      { delta: 5, reason: 'delivery', actor: merchant.accountId },
    ]);
  });

  it('should hold once however often it is asked', async () => {
    const variantId = await variant(5);
    const orderId = newId('ord');
    const lines = [{ variantId, quantity: 2 }];
    const answers = await Promise.all(Array.from({ length: 10 }, () => reserve(orderId, lines)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['HELD']));
    expect(await levels(variantId)).toEqual([{ onHand: 5, reserved: 2, available: 3 }]);
    expect(await refusal(reserve(orderId, [{ variantId, quantity: 3 }]))).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('should refuse more than there is, say how much there is, and hold nothing', async () => {
    const [plenty, scarce] = [await variant(50), await variant(1)];
    const lines = [
      { variantId: plenty, quantity: 2 },
      { variantId: scarce, quantity: 1 },
      { variantId: scarce, quantity: 1 },
    ];
    expect(await refusal(reserve(newId('ord'), lines))).toEqual({
      code: 'SOLD_OUT',
      message: 'Only 1 of this item are left.',
      field: ['lines', '1', 'quantity'],
      errorType: null,
      fields: { available: 1 },
    });
    expect(await levels(plenty)).toEqual([{ onHand: 50, reserved: 0, available: 50 }]);
    expect(await levels(scarce)).toEqual([{ onHand: 1, reserved: 0, available: 1 }]);
  });

  it('should never hold more than there is: 60 at once for 20', async () => {
    const variantId = await variant(20);
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, () =>
        refusal(reserve(newId('ord'), [{ variantId, quantity: 1 }])).then((value) => value?.code ?? 'HELD'),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'HELD')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'SOLD_OUT')).toHaveLength(40);
    expect(await levels(variantId)).toEqual([{ onHand: 20, reserved: 20, available: 0 }]);
  });

  it('should not lock orders that want the same goods in different order', async () => {
    const [a, b] = [await variant(10), await variant(10)];
    const orders = Array.from({ length: 16 }, (_, index) => {
      const lines = [
        { variantId: a, quantity: 1 },
        { variantId: b, quantity: 1 },
      ];
      return refusal(reserve(newId('ord'), index % 2 === 0 ? lines : lines.reverse()));
    });
    const outcomes = await Promise.all(orders);
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(10);
    expect(await levels(a)).toEqual([{ onHand: 10, reserved: 10, available: 0 }]);
    expect(await levels(b)).toEqual([{ onHand: 10, reserved: 10, available: 0 }]);
  });

  it('should decide by the guard when another process takes the stock in between', async () => {
    const variantId = await variant(3);
    // An instance with a queue of its own stands for another process.
    const elsewhere = (): ReservationService =>
      Object.assign(Object.create(ReservationService.prototype), catalog.services.reservations, {
        queue: new KeyQueue(),
      });
    const processes = [catalog.services.reservations, elsewhere(), elsewhere()];
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        refusal(
          (processes[index % 3] ?? elsewhere()).reserve({
            orderId: newId('ord'),
            expiresAt: inMinutes(15),
            lines: [{ variantId, quantity: 1 }],
          }),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(3);
    expect(await levels(variantId)).toEqual([{ onHand: 3, reserved: 3, available: 0 }]);
  });

  it('should gather goods from several locations and give back where they came from', async () => {
    const variantId = await variant(2);
    const { id: second } = await catalog.services.stock.ensureLocation('Second');
    await givenStock(catalog, variantId, 3, second);
    const orderId = newId('ord');
    await reserve(orderId, [{ variantId, quantity: 4 }]);
    expect(totalAvailable(await catalog.services.stock.levelsOf([variantId]))).toBe(1);
    await catalog.services.reservations.release(orderId);
    expect((await levels(variantId)).map(({ available }) => available).sort()).toEqual([2, 3]);
  });

  it('should give back what is held, and what was sold when the goods never left', async () => {
    const variantId = await variant(5);
    const [held, sold] = [newId('ord'), newId('ord')];
    await reserve(held, [{ variantId, quantity: 1 }]);
    await reserve(sold, [{ variantId, quantity: 2 }]);
    await catalog.services.reservations.commit(sold);
    for (const orderId of [held, sold, held, sold]) {
      expect(await catalog.services.reservations.release(orderId)).toEqual({ orderId, status: 'RELEASED' });
    }
    expect(await levels(variantId)).toEqual([{ onHand: 5, reserved: 0, available: 5 }]);
    expect(await catalog.services.reservations.commit(held)).toEqual({ orderId: held, status: 'RELEASED' });
    expect(await levels(variantId)).toEqual([{ onHand: 5, reserved: 0, available: 5 }]);
  });

  it('should refuse a reservation that comes after its release', async () => {
    const variantId = await variant(5);
    const orderId = newId('ord');
    expect(await catalog.services.reservations.release(orderId)).toEqual({ orderId, status: 'RELEASED' });
    expect(await refusal(reserve(orderId, [{ variantId, quantity: 1 }]))).toMatchObject({
      code: 'RESERVATION_RELEASED',
    });
    expect(await levels(variantId)).toEqual([{ onHand: 5, reserved: 0, available: 5 }]);
  });

  it('should release or refuse, never both, when reserve and release meet', async () => {
    const variantId = await variant(30);
    for (let round = 0; round < 8; round += 1) {
      const orderId = newId('ord');
      await Promise.all([
        refusal(reserve(orderId, [{ variantId, quantity: 1 }])),
        catalog.services.reservations.release(orderId),
      ]);
      expect(await catalog.services.reservations.release(orderId)).toEqual({ orderId, status: 'RELEASED' });
    }
    expect(await levels(variantId)).toEqual([{ onHand: 30, reserved: 0, available: 30 }]);
  });

  it('should lapse a minute after its time unless sold', async () => {
    const variantId = await variant(5);
    const [late, sold] = [newId('ord'), newId('ord')];
    await reserve(late, [{ variantId, quantity: 1 }]);
    await reserve(sold, [{ variantId, quantity: 1 }]);
    await catalog.services.reservations.commit(sold);
    catalog.clock.advance(15 * 60_000 + 59_000);
    await catalog.settle();
    expect(await levels(variantId)).toEqual([{ onHand: 4, reserved: 1, available: 3 }]);
    catalog.clock.advance(1000);
    await catalog.settle();
    expect(await levels(variantId)).toEqual([{ onHand: 4, reserved: 0, available: 4 }]);
    expect(await refusal(reserve(late, [{ variantId, quantity: 1 }]))).toMatchObject({ code: 'RESERVATION_RELEASED' });
    expect(await catalog.services.reservations.commit(sold)).toEqual({ orderId: sold, status: 'COMMITTED' });
  });

  it.each([[0], [-1], [1_000_001]])('should refuse a quantity of %d', async (quantity) => {
    const variantId = await variant(5);
    expect(await refusal(reserve(newId('ord'), [{ variantId, quantity }]))).toMatchObject({
      code: 'INVALID',
      field: ['lines', '0', 'quantity'],
    });
  });

  describe('as internal operations', () => {
    const RESERVE = `mutation($input: StockReserveInput!) {
      _stockReserve(input: $input) { reservation { orderId status } refusal { code available field } }
    }`;

    it('should answer a service with the reservation or the refusal', async () => {
      const variantId = await variant(1);
      const orderId = newId('ord');
      const input = { orderId, expiresAt: inMinutes(15).toISOString(), lines: [{ variantId, quantity: 1 }] };
      expect((await catalog.graph(RESERVE, { input }, service)).data._stockReserve).toEqual({
        reservation: { orderId, status: 'HELD' },
        refusal: null,
      });
      const another = { ...input, orderId: newId('ord') };
      expect((await catalog.graph(RESERVE, { input: another }, service)).data._stockReserve).toEqual({
        reservation: null,
        refusal: { code: 'SOLD_OUT', available: 0, field: ['lines', '0', 'quantity'] },
      });
      const commit = 'mutation($id: ID!) { _stockCommit(orderId: $id) { orderId status } }';
      expect((await catalog.graph(commit, { id: orderId }, service)).data._stockCommit.status).toBe('COMMITTED');
      const release = 'mutation($id: ID!) { _stockRelease(orderId: $id) { orderId status } }';
      expect((await catalog.graph(release, { id: orderId }, service)).data._stockRelease.status).toBe('RELEASED');
      expect((await catalog.graph(commit, { id: newId('ord') }, service)).errors).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
    });

    it.each([
      ['a shopper', shopper],
      ['a merchant', merchant],
    ])('should be refused to %s and hold nothing', async (_who, identity) => {
      const variantId = await variant(1);
      const input = {
        orderId: newId('ord'),
        expiresAt: inMinutes(15).toISOString(),
        lines: [{ variantId, quantity: 1 }],
      };
      expect((await catalog.graph(RESERVE, { input }, identity)).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
      expect(await levels(variantId)).toEqual([{ onHand: 1, reserved: 0, available: 1 }]);
    });
  });
});
