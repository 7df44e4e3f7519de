/** What a counter shows of a group or a campaign, as it stood at one version. */
export interface Progress {
  readonly kind: 'group' | 'campaign';
  readonly id: string;
  readonly version: number;
  /** ISO time of the server. */
  readonly asOf: string;
  /** The API's status in lower case: open, succeeded, expired, cancelled, closed; scheduled, running, ended. */
  readonly state: string;
  /** People who have paid; of a campaign, units sold. */
  readonly joined: number;
  /** People the group needs; of a campaign its quota, or null without one. */
  readonly size: number | null;
  /** What is missing or left; null without a size. */
  readonly remaining: number | null;
  /** ISO time that is counted down to: when it ends, or begins while it is scheduled. */
  readonly until: string;
  /** Price of a unit, where it was asked for. */
  readonly price: Price | null;
}

export interface Price {
  readonly amount: string;
  readonly currencyCode: string;
}

/** What both documents answer. */
export interface Answer {
  readonly progress?: {
    readonly version: number;
    readonly asOf: string;
    readonly of: {
      readonly status: string;
      readonly joined: number;
      readonly size: number | null;
      readonly left?: number | null;
      readonly starts?: string;
      readonly until: string;
      readonly groupPrice?: Price;
      readonly campaign?: { readonly groupPrice: Price };
    };
  };
}

const PRICE = ' groupPrice{amount currencyCode}';

/** The subscription for it, with as little in it as is shown: whoever shows the same shares one execution. */
export function documentOf(kind: Progress['kind'], price: boolean): string {
  const [field, argument, shown] =
    kind === 'group'
      ? [
          'groupBuyProgress',
          'groupBuyId',
          `groupBuy{status joined size until:expiresAt${price ? ` campaign{${PRICE}}` : ''}`,
        ]
      : [
          'groupBuyCampaignProgress',
          'campaignId',
          `campaign{status joined:soldUnits size:quota left:quotaRemaining starts:startsAt until:endsAt${price ? PRICE : ''}`,
        ];
  return `subscription($id:ID!){progress:${field}(${argument}:$id){version asOf of:${shown}}}}`;
}

/** Null for an answer without data (part of the graph was out of reach for a moment). */
export function progressOf(kind: Progress['kind'], id: string, { progress }: Answer): Progress | null {
  if (!progress) return null;
  const { version, asOf, of } = progress;
  const { status, joined, size } = of;
  return {
    kind,
    id,
    version,
    asOf,
    state: status.toLowerCase(),
    joined,
    size,
    remaining: kind === 'group' ? Math.max(0, (size ?? 0) - joined) : (of.left ?? null),
    until: (status === 'SCHEDULED' && of.starts) || of.until,
    price: of.groupPrice ?? of.campaign?.groupPrice ?? null,
  };
}
