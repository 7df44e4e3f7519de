import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { GroupBuyState } from '../../../platform/events/events';
import { Key } from '../../../platform/graphql/directives';
import { DateTimeScalar } from '../../../platform/graphql/scalars';
import { connectionType } from '../../../platform/pagination/connection.type';
import { UserError } from '../../../platform/user-errors/user-error.type';
import { ProfileStub } from '../stubs';
import { type Group, GroupBuyStatus, GroupCompletion } from './group-buy';

export const GroupBuyRole = { LEADER: 'LEADER', MEMBER: 'MEMBER' } as const;

registerEnumType(GroupBuyStatus, {
  name: 'GroupBuyStatus',
  description: 'Where a group stands.',
  valuesConfig: {
    OPEN: { description: 'Seats can be taken, if there are any left.' },
    SUCCEEDED: { description: 'Complete; the goods are sent.' },
    EXPIRED: { description: 'Not filled in time; refunds are on their way.' },
    CANCELLED: { description: 'The merchant cancelled it or the last member left; refunds are on their way.' },
    CLOSED: { description: 'Failed, and everyone has their money back.' },
  },
});
registerEnumType(GroupCompletion, {
  name: 'GroupBuyCompletion',
  description: 'How a group succeeded.',
  valuesConfig: {
    LAST_SEAT: { description: 'The last seat was paid.' },
    MINIMUM_FILL: { description: 'Time was up with at least the minimum fill; every member is a real one.' },
  },
});
registerEnumType(GroupBuyRole, {
  name: 'GroupBuyRole',
  description: 'What a member is in the group.',
  valuesConfig: {
    LEADER: { description: 'Opened the group, or has stood in it longest since its leader left.' },
    MEMBER: { description: 'Joined it.' },
  },
});

@ObjectType({ description: 'Somebody who has paid for a seat in a group.' })
export class GroupBuyMember {
  @Field(() => ProfileStub, { nullable: true, description: 'Who; null when the person is gone.' })
  profile!: ProfileStub | null;

  @Field(() => DateTimeScalar, { description: 'When the payment arrived.' })
  joinedAt!: Date;

  @Field(() => GroupBuyRole, { description: 'Leader or member.' })
  role!: keyof typeof GroupBuyRole;
}

@ObjectType({
  description: 'People buying a variant together. Anyone may read it. It is opened and joined by placing an order.',
})
@Key('id')
export class GroupBuy {
  @Field(() => ID, { description: 'Id of the group.' })
  id!: string;

  @Field(() => GroupBuyStatus, { description: 'Where the group stands.' })
  status!: GroupBuyStatus;

  @Field(() => Int, { description: 'People it needs, and at most has.' })
  size!: number;

  @Field(() => Int, { description: 'Members who have paid; seats held before payment are not counted.' })
  joined!: number;

  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  openedAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When its time is up.' })
  expiresAt!: Date;

  @Field(() => GroupCompletion, { nullable: true, description: 'How it succeeded; null unless it did.' })
  completedBy!: GroupCompletion | null;

  @Field(() => Int, { description: 'Rises by one with every change of what is shown here.' })
  version!: number;

  /** Not in the schema: who leads, and under which campaign. */
  leaderId!: string;
  campaignId!: string;
}

export const GroupBuyConnection = connectionType(() => GroupBuy, 'GroupBuy');

@InputType({ description: 'Which group to leave.' })
export class GroupBuyLeaveInput {
  @Field(() => ID, { description: 'The group.' })
  groupBuyId!: string;

  @Field(() => String, { description: 'Unique per request: 1 to 128 printable ASCII characters.' })
  idempotencyKey!: string;
}

@InputType({ description: 'Which group to cancel and why.' })
export class GroupBuyCancelInput {
  @Field(() => ID, { description: 'The group.' })
  groupBuyId!: string;

  @Field(() => String, { description: 'Why, for the record: 1 to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: 'Unique per request: 1 to 128 printable ASCII characters.' })
  idempotencyKey!: string;
}

@ObjectType({ description: 'The group without the person, or why they are still in it.' })
export class GroupBuyLeavePayload {
  @Field(() => GroupBuy, { nullable: true, description: 'The group as it is now; null when refused.' })
  groupBuy?: GroupBuy | null;

  @Field(() => [UserError], { description: 'Refusals; nothing changed when there are any.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'The group, or why it was not cancelled.' })
export class GroupBuyCancelPayload {
  @Field(() => GroupBuy, { nullable: true, description: 'The group as it is now; null when refused.' })
  groupBuy?: GroupBuy | null;

  @Field(() => [UserError], { description: 'Refusals; nothing changed when there are any.' })
  userErrors!: UserError[];
}

/** Domain to GraphQL. */
export function toGroupBuyType(group: Group): GroupBuy {
  return {
    id: group.id,
    status: group.status,
    size: group.terms.size,
    joined: group.paid,
    openedAt: group.openedAt,
    expiresAt: group.expiresAt,
    completedBy: group.completedBy,
    version: group.version,
    leaderId: group.leaderId,
    campaignId: group.campaignId,
  };
}

/** An event's snapshot to GraphQL: the group as it was at that version. */
export function fromGroupState(state: GroupBuyState): GroupBuy {
  return {
    id: state.id,
    status: state.status as GroupBuyStatus,
    size: state.size,
    joined: state.joined,
    openedAt: new Date(state.openedAt),
    expiresAt: new Date(state.expiresAt),
    completedBy: state.completedBy as GroupCompletion | null,
    version: state.version,
    leaderId: state.leaderId,
    campaignId: state.campaignId,
  };
}
