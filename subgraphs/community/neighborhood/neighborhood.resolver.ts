import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireAccount } from '../../../platform/graphql/authorization';
import { Internal } from '../../../platform/graphql/directives';
import { type Page, readPage } from '../../../platform/pagination/page';
import { payload } from '../../../platform/user-errors/user-error.type';
import type { CommunityContext } from '../context';
import { AccountStub } from '../stubs';
import type { NearbyNeighborhood, Neighborhood, NeighborhoodChange } from './neighborhood';
import {
  NearbyNeighborhoodConnection,
  NeighborhoodConnection,
  NeighborhoodCreateInput,
  NeighborhoodCreatePayload,
  NeighborhoodJoinInput,
  NeighborhoodJoinPayload,
  NeighborhoodLeaveInput,
  NeighborhoodLeavePayload,
  NeighborhoodsArgs,
  NeighborhoodsNearArgs,
  NeighborhoodType,
  NeighborhoodUpdateInput,
  NeighborhoodUpdatePayload,
} from './neighborhood.type';

@Resolver()
export class NeighborhoodResolver {
  @Query(() => NeighborhoodConnection, { description: 'Neighborhoods by name, of one city or all. Anyone.' })
  neighborhoods(
    @Args(() => NeighborhoodsArgs) args: NeighborhoodsArgs,
    @Ctx() { services }: CommunityContext,
  ): Promise<Page<Neighborhood>> {
    return services.neighborhoods.page(args.city ?? null, readPage(args));
  }

  @Query(() => NeighborhoodType, { nullable: true, description: 'One neighborhood, or null. Anyone.' })
  neighborhood(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() { loaders }: CommunityContext,
  ): Promise<Neighborhood | null> {
    return loaders.neighborhood.load(id);
  }

  @Query(() => NearbyNeighborhoodConnection, {
    description: 'Active neighborhoods whose centre lies within a distance of a place, nearest first. Anyone.',
  })
  neighborhoodsNear(
    @Args(() => NeighborhoodsNearArgs) args: NeighborhoodsNearArgs,
    @Ctx() { services }: CommunityContext,
  ): Promise<Page<NearbyNeighborhood>> {
    return services.neighborhoods.near(args, args.radiusMeters, readPage(args));
  }

  @Authorized('MERCHANT', 'STAFF')
  @Mutation(() => NeighborhoodCreatePayload, {
    description: 'Creates an active neighborhood without residents. Merchant or staff.',
  })
  neighborhoodCreate(
    @Arg('input', () => NeighborhoodCreateInput, { description: 'What it is.' }) input: NeighborhoodCreateInput,
    @Ctx() { services, identity }: CommunityContext,
  ): Promise<object> {
    const { idempotencyKey: key, ...fields } = input;
    return payload(async () => ({
      neighborhood: await services.neighborhoods.create(
        { ...fields, households: fields.households ?? null },
        key == null ? null : { accountId: requireAccount(identity), key },
      ),
    }));
  }

  @Authorized('MERCHANT', 'STAFF')
  @Mutation(() => NeighborhoodUpdatePayload, {
    description: 'Changes a neighborhood; what it sets is set whole, so a repeat changes nothing. Merchant or staff.',
  })
  neighborhoodUpdate(
    @Arg('input', () => NeighborhoodUpdateInput, { description: 'What to change.' }) input: NeighborhoodUpdateInput,
    @Ctx() { services }: CommunityContext,
  ): Promise<object> {
    const { id, ...change } = input;
    return payload(async () => ({ neighborhood: await services.neighborhoods.update(id, present(change)) }));
  }

  @Authorized()
  @Mutation(() => NeighborhoodJoinPayload, {
    description:
      'Makes a neighborhood the home of the signed-in account, which leaves the one before. Unique by account and neighborhood: joining again changes nothing. Anyone signed in.',
  })
  neighborhoodJoin(
    @Arg('input', () => NeighborhoodJoinInput, { description: 'Where to live.' }) input: NeighborhoodJoinInput,
    @Ctx() { services, identity }: CommunityContext,
  ): Promise<object> {
    return payload(async () => ({
      neighborhood: await services.neighborhoods.join(requireAccount(identity), input.neighborhoodId),
    }));
  }

  @Authorized()
  @Mutation(() => NeighborhoodLeavePayload, {
    description:
      'Gives up the home of the signed-in account in a neighborhood. Unique by account and neighborhood: leaving again changes nothing. Anyone signed in.',
  })
  neighborhoodLeave(
    @Arg('input', () => NeighborhoodLeaveInput, { description: 'What to leave.' }) input: NeighborhoodLeaveInput,
    @Ctx() { services, identity }: CommunityContext,
  ): Promise<object> {
    return payload(async () => ({
      neighborhood: await services.neighborhoods.leave(requireAccount(identity), input.neighborhoodId),
    }));
  }

  @Internal()
  @Query(() => Boolean, { description: 'Whether the account lives in (has joined) the neighborhood.' })
  _isResident(
    @Arg('accountId', () => ID, { description: 'The account.' }) accountId: string,
    @Arg('neighborhoodId', () => ID, { description: 'The neighborhood.' }) neighborhoodId: string,
    @Ctx() { services }: CommunityContext,
  ): Promise<boolean> {
    return services.neighborhoods.isResident(accountId, neighborhoodId);
  }

  @Internal()
  @Query(() => Boolean, { description: 'Whether the neighborhood exists and is active.' })
  _neighborhoodActive(
    @Arg('id', () => ID, { description: 'The neighborhood.' }) id: string,
    @Ctx() { services }: CommunityContext,
  ): Promise<boolean> {
    return services.neighborhoods.isActive(id);
  }
}

@Resolver(() => AccountStub)
export class AccountNeighborhoodResolver {
  @FieldResolver(() => NeighborhoodType, {
    nullable: true,
    description: 'The neighborhood this account calls home; null when it has none, and on any account but your own.',
  })
  homeNeighborhood(
    @Root() account: AccountStub,
    @Ctx() { loaders, identity }: CommunityContext,
  ): Promise<Neighborhood | null> | null {
    const own = identity.kind === 'account' && identity.accountId === account.id;
    return own ? loaders.homeNeighborhood.load(account.id) : null;
  }
}

/** Fields the caller named. Null means "leave it", but for households, where it means "not known". */
function present(change: Omit<NeighborhoodUpdateInput, 'id'>): NeighborhoodChange {
  return Object.fromEntries(
    Object.entries(change).filter(
      ([field, value]) => value !== undefined && (value !== null || field === 'households'),
    ),
  );
}
