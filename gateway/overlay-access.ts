import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getNamedType,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Identity } from '../platform/context/identity';
import { clientError } from './client-errors';

/** What a credential bound to one thing may follow: the subscription, and its argument that names the thing. */
const TOPICS: Readonly<Record<string, string>> = {
  groupBuyProgress: 'groupBuyId',
  groupBuyCampaignProgress: 'campaignId',
};

/** What it may read there: what an overlay shows. Nothing that names a person. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  GroupBuyProgress: ['version', 'asOf', 'groupBuy'],
  GroupBuyCampaignProgress: ['version', 'asOf', 'campaign'],
  GroupBuy: ['id', 'status', 'size', 'joined', 'openedAt', 'expiresAt', 'completedBy', 'version', 'campaign'],
  GroupBuyCampaign: [
    'id',
    'status',
    'size',
    'groupPrice',
    'tiers',
    'startsAt',
    'endsAt',
    'quota',
    'quotaRemaining',
    'minimumFill',
    'soldUnits',
    'buyers',
    'openGroups',
    'succeededGroups',
    'version',
    'product',
  ],
  GroupBuyTier: ['people', 'price'],
  Product: ['id', 'title'],
  Money: ['amount', 'currencyCode'],
};

/** The resource a caller is bound to; null for everybody who is not. */
export function boundResource(identity: Identity): string | null {
  return identity.kind === 'app' ? (identity.resource ?? null) : null;
}

/**
 * Why a caller bound to one thing may not run a valid operation; null when it may. `variables` are the coerced ones.
 * `resource` is the id the credential is bound to.
 */
export function refusalBeyondResource(
  resource: string,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return refusal();
  const subscription = schema.getSubscriptionType();
  const types = new TypeInfo(schema);
  let allowed = true;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const name = node.name.value;
        const parent = types.getParentType();
        if (!parent || name === '__typename') return;
        if (parent !== subscription) {
          if (!FIELDS[getNamedType(parent).name]?.includes(name)) allowed = false;
          return;
        }
        const wanted = node.arguments?.find((argument) => argument.name.value === TOPICS[name])?.value;
        const id =
          wanted?.kind === 'Variable'
            ? variables[wanted.name.value]
            : wanted?.kind === 'StringValue'
              ? wanted.value
              : undefined;
        if (id !== resource) allowed = false;
      },
    }),
  );
  return allowed ? null : refusal();
}

function refusal(): GraphQLError {
  return clientError('FORBIDDEN', 'An overlay token follows the group or campaign it was made for, and nothing else.');
}
