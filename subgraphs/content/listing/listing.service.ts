import type { EventEnvelope } from '../../../platform/events/events';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { ListingModel } from './listing.model';

/** Which products are on sale, learned from the catalog's events: only those can be reviewed. */
export class ListingService {
  private readonly listings: ListingModel;

  constructor(kernel: Kernel) {
    this.listings = new ListingModel(kernel.database.connection);
  }

  productChanged(event: EventEnvelope<'product.changed'>): Promise<void> {
    return this.listings.put(event.data.productId, event.data.published, event.sequence);
  }
}
