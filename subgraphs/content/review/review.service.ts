import type { ClientSession } from 'mongoose';
import { hasRole, type Identity } from '../../../platform/context/identity';
import type { EventEnvelope } from '../../../platform/events/events';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import { event } from '../../../platform/outbox/outbox';
import { type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { forbidden } from '../../../platform/user-errors/api-error';
import { notFound } from '../../../platform/user-errors/refusal';
import { ListingModel } from '../listing/listing.model';
import { PurchaseModel } from '../purchase/purchase.model';
import { RatingSummaryModel } from './rating-summary.model';
import { alreadyReviewed, authorKey, NEWEST_KEPT, type RatingSummary, type Review, readReview } from './review';
import { cursorOf, ReviewModel } from './review.model';

export interface NewReview {
  readonly productId: string;
  readonly rating: number;
  readonly title?: string | null | undefined;
  readonly body: string;
  readonly idempotencyKey: string;
}

/** How the page of one product's reviews reaches the batching loaders of a request. */
export interface ReviewLoading {
  summary(productId: string): Promise<RatingSummary>;
  /** Published reviews only, in the order asked. */
  reviews(ids: readonly string[]): Promise<readonly (Review | null)[]>;
}

export class ReviewService {
  private readonly reviews: ReviewModel;
  private readonly summaries: RatingSummaryModel;
  private readonly listings: ListingModel;
  private readonly purchases: PurchaseModel;
  /** Writers of one product's summary, one after another. */
  private readonly writers = new KeyQueue();

  constructor(private readonly kernel: Kernel) {
    const { connection } = kernel.database;
    this.reviews = new ReviewModel(connection);
    this.summaries = new RatingSummaryModel(connection);
    this.listings = new ListingModel(connection);
    this.purchases = new PurchaseModel(connection);
  }

  async findPublished(ids: readonly string[]): Promise<readonly Review[]> {
    return (await this.reviews.findByIds(ids)).filter((review) => review.status === 'PUBLISHED');
  }

  findSummaries(productIds: readonly string[]): Promise<readonly RatingSummary[]> {
    return this.summaries.findByProducts(productIds);
  }

  /** A product's published reviews, newest first. The first page of many products costs two queries altogether. */
  async page(productId: string, page: PageRequest, loading: ReviewLoading): Promise<Page<Review>> {
    const summary = await loading.summary(productId);
    const known = summary.newest.length === summary.count ? Number.POSITIVE_INFINITY : NEWEST_KEPT;
    const rows =
      page.after === null && page.first < known
        ? (await loading.reviews(summary.newest.slice(0, page.first + 1))).filter((review) => review !== null)
        : await this.reviews.findPage(productId, page);
    return pageOf(rows, page, cursorOf, () => summary.count);
  }

  async create(authorId: string, input: NewReview): Promise<Review> {
    const draft = readReview(input);
    const key = authorKey({ authorId, productId: draft.productId });
    const id = await this.writers.run(draft.productId, async () => {
      // Only saves a look into the future: the transaction decides.
      if (await this.listings.isPublished(draft.productId)) await this.summaries.ensure([draft.productId]);
      return this.kernel.idempotency.run(
        { accountId: authorId, mutation: 'reviewCreate', key: input.idempotencyKey, body: draft },
        async (session) => {
          if (!(await this.listings.isPublished(draft.productId, session)))
            throw notFound(['input', 'productId'], 'product');
          if ((await this.reviews.findByKeys([key], session)).length > 0) throw alreadyReviewed();
          const review: Review = {
            id: this.kernel.newId('rev'),
            authorId,
            ...draft,
            verifiedPurchase: await this.purchases.has(authorId, draft.productId, session),
            status: 'PUBLISHED',
            createdAt: this.kernel.clock.now(),
          };
          await this.publish(review, key, session);
          return review.id;
        },
      );
    });
    this.kernel.outbox.notify();
    return this.verified(await this.get(id), key);
  }

  /** Erases a review; its author or staff. Deleting again answers the same. */
  async delete(identity: Identity, id: string): Promise<Review> {
    const review = await this.get(id);
    const own = identity.kind === 'account' && identity.accountId === review.authorId;
    if (!own && !hasRole(identity, 'STAFF')) {
      if (review.status === 'DELETED') throw notFound(['input', 'id'], 'review');
      throw forbidden('Only its author or staff may delete a review.');
    }
    await this.writers.run(review.productId, () =>
      this.kernel.database.transaction(async (session) => {
        // An author may think again; an imported review stays known, or the next import would bring it back.
        const [kept] = await this.reviews.findByKeys([authorKey(review)], session);
        const freedKey = kept?.review.id === id ? `deleted:${id}` : null;
        if (!(await this.reviews.erase(id, freedKey, session))) return;
        await this.addToSummary(review.productId, { count: -1, sum: -review.rating }, session);
      }),
    );
    return this.get(id);
  }

  /** An order proves who bought what: new reviews are verified by it, and those already written. */
  async orderPaid({ data, time }: EventEnvelope<'order.paid'>): Promise<void> {
    const { accountId, orderId } = data;
    const productIds = [...new Set(data.lines.map((line) => line.productId))];
    const paidAt = new Date(time);
    await this.purchases.record(productIds.map((productId) => ({ accountId, productId, orderId, paidAt })));
    await this.reviews.verify(productIds.map((productId) => authorKey({ authorId: accountId, productId })));
  }

  /** One write of several reviews, their summaries and events; all or none. Used by the import. */
  async publishAll(
    reviews: readonly { readonly key: string; readonly review: Review }[],
    session: ClientSession,
  ): Promise<void> {
    await this.reviews.insert(reviews, session);
    const changes = new Map<string, { count: number; sum: number }>();
    for (const { review } of reviews) {
      const change = changes.get(review.productId) ?? { count: 0, sum: 0 };
      changes.set(review.productId, { count: change.count + 1, sum: change.sum + review.rating });
    }
    for (const [productId, change] of changes) await this.addToSummary(productId, change, session);
    await this.kernel.outbox.write(
      session,
      reviews.map(({ review: { id, productId, rating } }) =>
        event('review.published', id, 1, { reviewId: id, productId, rating }),
      ),
    );
  }

  private async publish(review: Review, key: string, session: ClientSession): Promise<void> {
    try {
      await this.publishAll([{ key, review }], session);
    } catch (error) {
      // Ids are drawn anew each time: the key is the only value that can be taken.
      if (isDuplicateKey(error)) throw alreadyReviewed();
      throw error;
    }
  }

  private async addToSummary(
    productId: string,
    change: { readonly count: number; readonly sum: number },
    session: ClientSession,
  ): Promise<void> {
    const newest = await this.reviews.findNewest(productId, session);
    await this.summaries.add(productId, { ...change, newest }, session);
  }

  /** An order may have been paid between the look at the purchases and the commit: look once more. */
  private async verified(review: Review, key: string): Promise<Review> {
    if (review.verifiedPurchase || !(await this.purchases.has(review.authorId, review.productId))) return review;
    await this.reviews.verify([key]);
    return { ...review, verifiedPurchase: true };
  }

  private async get(id: string): Promise<Review> {
    const review = await this.reviews.findById(id);
    if (!review) throw notFound(['input', 'id'], 'review');
    return review;
  }
}
