import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireAccount } from '../../../platform/graphql/authorization';
import { CacheControl, Internal, UniqueBy } from '../../../platform/graphql/directives';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { type Page, readPage } from '../../../platform/pagination/page';
import { internalResult } from '../../../platform/user-errors/internal-refusal.type';
import { payload } from '../../../platform/user-errors/user-error.type';
import { type CatalogContext, SHOP_ROLES } from '../context';
import { pageOfList } from '../list-page';
import type { Variant } from '../product/product';
import { ProductVariantType } from '../product/product.type';
import type { ReservationRef } from './reservation.service';
import type { Location, StockLevel } from './stock';
import type { StockAdjustment } from './stock.model';
import {
  LocationConnection,
  LocationType,
  StockAdjustInput,
  StockAdjustmentConnection,
  StockAdjustmentType,
  StockAdjustPayload,
  StockLevelConnection,
  StockLevelType,
  StockReservationRefType,
  StockReserveInput,
  StockReserveResult,
} from './stock.type';

@Resolver()
export class StockResolver {
  @Authorized(...SHOP_ROLES)
  @Query(() => LocationConnection, { description: 'Places that hold stock, oldest first. MERCHANT, STAFF or ADMIN.' })
  locations(@Args(() => PageArgs) args: PageArgs, @Ctx() { services }: CatalogContext): Promise<Page<Location>> {
    return services.stock.locations(readPage(args));
  }

  @Authorized(...SHOP_ROLES)
  @UniqueBy('idempotencyKey')
  @Mutation(() => StockAdjustPayload, {
    description:
      'Adds to or takes from what is on hand of a variant at a location. MERCHANT, STAFF or ADMIN. STOCK_TOO_LOW when less would remain than orders hold.',
  })
  stockAdjust(
    @Arg('input', () => StockAdjustInput, { description: 'What changes, where and why.' }) input: StockAdjustInput,
    @Ctx() { identity, services }: CatalogContext,
  ) {
    const accountId = requireAccount(identity);
    return payload(async () => ({
      stockAdjustment: await services.stock.adjust(accountId, { ...input, locationId: input.locationId ?? null }),
    }));
  }

  @Internal()
  @Mutation(() => StockReserveResult, {
    description: 'Holds stock for an order until expiresAt. Idempotent by orderId. All lines or none.',
  })
  _stockReserve(
    @Arg('input', () => StockReserveInput, { description: 'The order and its lines.' }) input: StockReserveInput,
    @Ctx() { services }: CatalogContext,
  ) {
    return internalResult(async () => ({ reservation: await services.reservations.reserve(input) }));
  }

  @Internal()
  @Mutation(() => StockReservationRefType, {
    description: 'The goods of this order leave: reserved becomes sold. Idempotent.',
  })
  _stockCommit(
    @Arg('orderId', () => ID, { description: 'Id of the order.' }) orderId: string,
    @Ctx() { services }: CatalogContext,
  ): Promise<ReservationRef> {
    return services.reservations.commit(orderId);
  }

  @Internal()
  @Mutation(() => StockReservationRefType, {
    description:
      'Gives back what the order still holds (or had committed, when the goods never left). Idempotent; an unknown order is recorded as released so that a late reserve fails.',
  })
  _stockRelease(
    @Arg('orderId', () => ID, { description: 'Id of the order.' }) orderId: string,
    @Ctx() { services }: CatalogContext,
  ): Promise<ReservationRef> {
    return services.reservations.release(orderId);
  }
}

@Resolver(() => ProductVariantType)
export class VariantStockResolver {
  @Authorized(...SHOP_ROLES)
  @CacheControl({ maxAge: 0 })
  @FieldResolver(() => StockLevelConnection, { description: 'Exact stock by location. MERCHANT, STAFF or ADMIN.' })
  async stockLevels(
    @Root() variant: Variant,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: CatalogContext,
  ): Promise<Page<StockLevel>> {
    return pageOfList(await loaders.levelsOf.load(variant.id), args, ({ locationId }) => locationId);
  }

  @Authorized(...SHOP_ROLES)
  @CacheControl({ maxAge: 0 })
  @FieldResolver(() => StockAdjustmentConnection, {
    description: 'Everything that changed what is on hand, newest first. MERCHANT, STAFF or ADMIN.',
  })
  stockAdjustments(
    @Root() variant: Variant,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { services }: CatalogContext,
  ): Promise<Page<StockAdjustment>> {
    return services.stock.adjustments(variant.id, readPage(args));
  }
}

@Resolver(() => StockLevelType)
export class StockLevelResolver {
  @FieldResolver(() => LocationType, { description: 'Where.' })
  async location(@Root() level: StockLevel, @Ctx() { loaders }: CatalogContext): Promise<Location> {
    const location = await loaders.location.load(level.locationId);
    if (!location) throw new Error(`The location ${level.locationId} is gone.`);
    return location;
  }
}

@Resolver(() => StockAdjustmentType)
export class StockAdjustmentResolver {
  @FieldResolver(() => LocationType, { description: 'Where.' })
  async location(@Root() entry: StockAdjustment, @Ctx() { loaders }: CatalogContext): Promise<Location> {
    const location = await loaders.location.load(entry.locationId);
    if (!location) throw new Error(`The location ${entry.locationId} is gone.`);
    return location;
  }
}
