import type { Identity } from '../../../platform/context/identity';
import { requireAccount } from '../../../platform/graphql/authorization';
import { bodyHash, checkKey, keyReused } from '../../../platform/idempotency/idempotency';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { Refusal } from '../../../platform/user-errors/refusal';
import type { SeatService } from '../neighbours/seat.service';
import type { StockService } from '../neighbours/stock.service';
import type { Order } from '../order/order';
import type { OrderDriveService } from '../order/order-drive.service';
import { orderNumber } from '../order/order-number';
import { driveJobKey, type OrderTransitionService } from '../order/order-transition.service';
import { seatRequest } from './order-hold.service';
import type { PlaceRecord, PlaceRecordModel } from './place-record.model';
import { mustSellAlone, type PlaceInput, type PlaceRequest, priceLines, readPlaceInput } from './place-request';

type RequestKey = Pick<PlaceRecord, '_id' | 'bodyHash' | 'createdAt'>;

/** `orderPlace`: one key, one order. Checks by reading, writes the order with its key, and drives it to its answer. */
export class OrderPlaceService {
  private readonly queue = new KeyQueue();

  constructor(
    private readonly kernel: Kernel,
    private readonly records: PlaceRecordModel,
    private readonly transitions: OrderTransitionService,
    private readonly drive: OrderDriveService,
    private readonly seats: SeatService,
    private readonly stock: StockService,
  ) {}

  /** The order AWAITING_PAYMENT (or further, when repeated later), or a Refusal that repeats likewise. */
  async place(identity: Identity, input: PlaceInput): Promise<Order> {
    const accountId = requireAccount(identity);
    checkKey(input.idempotencyKey);
    const request = readPlaceInput(input);
    const keyId = `${accountId}:${input.idempotencyKey}`;
    const hash = bodyHash(request);
    return this.queue.run(keyId, async () => {
      const known = await this.recall(keyId, hash);
      if (known) return known;
      return this.placeFirst(accountId, request, { _id: keyId, bodyHash: hash, createdAt: this.kernel.clock.now() });
    });
  }

  private async recall(keyId: string, hash: string): Promise<Order | null> {
    const record = await this.records.find(keyId);
    if (!record) return null;
    if (record.bodyHash !== hash) throw keyReused();
    if (record.refusal) throw Refusal.fromValue(record.refusal);
    return record.orderId === null ? null : this.answer(record.orderId);
  }

  private async placeFirst(accountId: string, request: PlaceRequest, key: RequestKey): Promise<Order> {
    let order: Order;
    try {
      order = await this.prepare(accountId, request, key.createdAt);
    } catch (error) {
      if (error instanceof Refusal) return this.recordRefusal(key, error);
      throw error;
    }
    try {
      await this.kernel.database.transaction(async (session) => {
        await this.records.insert({ ...key, orderId: order._id, refusal: null }, session);
        await this.transitions.orders.insert(session, order);
        await this.transitions.scheduleDrive(session, order._id, driveJobKey(order._id, order.version));
      });
    } catch (error) {
      // One clash of numbers in millions: the next id brings another.
      if (isDuplicateKey(error, 'number')) return this.placeFirst(accountId, request, key);
      if (!isDuplicateKey(error, '_id')) throw error;
      return this.answerOfFirst(key, error);
    }
    return this.answer(order._id);
  }

  /** The whole cost of refusing a full group or a sold-out variant is this one insert. */
  private async recordRefusal(key: RequestKey, refusal: Refusal): Promise<Order> {
    try {
      await this.records.insert({ ...key, orderId: null, refusal: refusal.toValue() });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return this.answerOfFirst(key, error);
    }
    throw refusal;
  }

  /** Another process was first with this key: its outcome is the outcome. */
  private async answerOfFirst(key: RequestKey, error: unknown): Promise<Order> {
    const first = await this.recall(key._id, key.bodyHash);
    if (first) return first;
    throw error;
  }

  /** Reads whether the order could be placed now and what it would cost. The guarded holds decide later. */
  private async prepare(accountId: string, request: PlaceRequest, now: Date): Promise<Order> {
    const draft = this.draft(accountId, request, now);
    if (draft.group) {
      const refusal = await this.seats.check(seatRequest(draft, draft.group));
      if (refusal) throw refusal;
    }
    const variantIds = request.lines.map((line) => line.variantId);
    const [variants, soloRefused] = await Promise.all([
      this.stock.findVariants(variantIds),
      draft.group ? [] : this.seats.soloRefused(variantIds),
    ]);
    const { lines, total } = priceLines(draft._id, request.lines, variants);
    mustSellAlone(request.lines, soloRefused);
    const none = { minor: 0, currencyCode: total.currencyCode };
    return { ...draft, lines, total, refundRequested: none, refunded: none };
  }

  private draft(accountId: string, request: PlaceRequest, now: Date): Order {
    const id = this.kernel.newId('ord');
    const none = { minor: 0, currencyCode: this.kernel.config.currencyCode };
    return {
      _id: id,
      number: orderNumber(id, now),
      accountId,
      status: 'PENDING',
      version: 1,
      lines: request.lines.map((line, index) => ({
        ...line,
        id: `${id}.${index + 1}`,
        productId: '',
        unitPrice: none,
        lineTotal: none,
      })),
      total: none,
      refundRequested: none,
      refunded: none,
      group: request.group && {
        askedCampaignId: request.group.campaignId,
        askedGroupBuyId: request.group.groupBuyId,
        campaignId: null,
        groupBuyId: null,
        seat: 'ASKED',
      },
      stock: { attempt: 1, state: 'RESERVING' },
      paymentId: this.kernel.newId('pay'),
      provider: request.provider,
      payBy: new Date(now.getTime() + this.kernel.config.seatHoldMinutes * 60_000),
      deliveryOptionId: request.deliveryOptionId,
      deliveryAddress: request.deliveryAddress,
      todo: [],
      driveJob: driveJobKey(id, 1),
      tierRefund: null,
      lateOffer: null,
      refusal: null,
      refusedAt: null,
      cancelReason: null,
      cancelNote: null,
      createdAt: now,
      paidAt: null,
    };
  }

  /** Drives the order to where its key has an answer. Giving back what a refused order held may be left to its job. */
  private async answer(orderId: string): Promise<Order> {
    const order = await this.drive.driveFor(orderId, (reached) => reached.status !== 'PENDING');
    if (order.refusal) throw Refusal.fromValue(order.refusal);
    return order;
  }
}
