import fc from 'fast-check';
import { Refusal } from '../../../platform/user-errors/refusal';
import {
  acceptsGroups,
  type CampaignPlan,
  campaignStatus,
  checkPlan,
  checkReason,
  priceFor,
  quotaRemaining,
  type Terms,
  tierRefund,
} from './campaign';

const hkd = (minor: number) => ({ minor, currencyCode: 'HKD' });

const TERMS: Terms = {
  variantId: 'var_1',
  productId: 'prod_1',
  groupPrice: hkd(1000),
  size: 10,
  tiers: [
    { people: 5, price: hkd(900) },
    { people: 10, price: hkd(750) },
  ],
  minimumFill: 3,
  perUserLimit: 2,
  perOrderLimit: 2,
  quota: 100,
  newCustomersOnly: false,
  neighborhoodId: null,
  leaderReward: hkd(50),
};

const PLAN: CampaignPlan = {
  terms: TERMS,
  windowMinutes: 60,
  startsAt: new Date('2026-06-01T00:00:00.000Z'),
  endsAt: new Date('2026-06-30T00:00:00.000Z'),
  soloPurchaseAllowed: true,
};

function refusalOf(plan: CampaignPlan): Pick<Refusal, 'code' | 'field'> | null {
  try {
    checkPlan(plan, hkd(1200));
    return null;
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, field: error.field };
    throw error;
  }
}

describe('the plan of a campaign', () => {
  it('should be accepted when it is whole', () => {
    expect(refusalOf(PLAN)).toBeNull();
    expect(refusalOf({ ...PLAN, terms: { ...TERMS, groupPrice: hkd(1200), tiers: [] } })).toBeNull();
  });

  const withTerms = (terms: Partial<Terms>): CampaignPlan => ({ ...PLAN, terms: { ...TERMS, ...terms } });
  it.each<[string, CampaignPlan, string[]]>([
    ['a size below 2', withTerms({ size: 1 }), ['size']],
    ['a size above 10,000', withTerms({ size: 10_001 }), ['size']],
    ['no time to fill', { ...PLAN, windowMinutes: 0 }, ['windowMinutes']],
    ['more than 30 days to fill', { ...PLAN, windowMinutes: 43_201 }, ['windowMinutes']],
    ['an end at its start', { ...PLAN, endsAt: PLAN.startsAt }, ['endsAt']],
    ['a price of nothing', withTerms({ groupPrice: hkd(0), tiers: [] }), ['groupPrice']],
    ['a price above the variant', withTerms({ groupPrice: hkd(1201) }), ['groupPrice']],
    ['another currency', withTerms({ groupPrice: { minor: 100, currencyCode: 'CNY' } }), ['groupPrice']],
    ['a minimum fill above the size', withTerms({ minimumFill: 11 }), ['minimumFill']],
    ['a minimum fill of nobody', withTerms({ minimumFill: 0 }), ['minimumFill']],
    ['no unit for a person', withTerms({ perUserLimit: 0 }), ['perUserLimit']],
    ['no unit for an order', withTerms({ perOrderLimit: 0 }), ['perOrderLimit']],
    ['an empty quota', withTerms({ quota: 0 }), ['quota']],
    ['a reward of nothing', withTerms({ leaderReward: hkd(0) }), ['leaderReward']],
    ['a reward in another currency', withTerms({ leaderReward: { minor: 1, currencyCode: 'CNY' } }), ['leaderReward']],
    ['a tier for one person', withTerms({ tiers: [{ people: 1, price: hkd(900) }] }), ['tiers', '0', 'people']],
    ['a tier beyond the size', withTerms({ tiers: [{ people: 11, price: hkd(900) }] }), ['tiers', '0', 'people']],
    [
      'a first tier at the group price',
      withTerms({ tiers: [{ people: 5, price: hkd(1000) }] }),
      ['tiers', '0', 'price'],
    ],
    [
      'people that do not rise',
      withTerms({ tiers: [...TERMS.tiers, { people: 10, price: hkd(700) }] }),
      ['tiers', '2', 'people'],
    ],
    [
      'a price that does not fall',
      withTerms({
        tiers: [
          { people: 5, price: hkd(900) },
          { people: 10, price: hkd(900) },
        ],
      }),
      ['tiers', '1', 'price'],
    ],
    [
      'a tier in another currency',
      withTerms({ tiers: [{ people: 5, price: { minor: 900, currencyCode: 'CNY' } }] }),
      ['tiers', '0', 'price'],
    ],
  ])('should be refused with %s', (_, plan, field) => {
    expect(refusalOf(plan)).toEqual({ code: 'INVALID', field: ['input', ...field] });
  });

  it('should refuse a reason that says nothing or too much', () => {
    expect(() => checkReason('supplier failed')).not.toThrow();
    expect(() => checkReason('  ')).toThrow(Refusal);
    expect(() => checkReason('x'.repeat(501))).toThrow(Refusal);
  });
});

describe('the state of a campaign', () => {
  const base = { ...PLAN, cancelledAt: null, soldUnits: 0 };
  const at = (text: string) => new Date(text);

  it('should follow the clock, both ends included where they belong', () => {
    expect(campaignStatus(base, at('2026-05-31T23:59:59.999Z'))).toBe('SCHEDULED');
    expect(campaignStatus(base, base.startsAt)).toBe('RUNNING');
    expect(campaignStatus(base, at('2026-06-29T23:59:59.999Z'))).toBe('RUNNING');
    expect(campaignStatus(base, base.endsAt)).toBe('ENDED');
  });

  it('should end with its quota and stay cancelled whatever the clock says', () => {
    const now = at('2026-06-10T00:00:00.000Z');
    expect(campaignStatus({ ...base, soldUnits: 99 }, now)).toBe('RUNNING');
    expect(campaignStatus({ ...base, soldUnits: 100 }, now)).toBe('ENDED');
    expect(campaignStatus({ ...base, cancelledAt: now }, now)).toBe('CANCELLED');
    expect(acceptsGroups({ ...base, cancelledAt: now }, now)).toBe(false);
    expect(acceptsGroups(base, now)).toBe(true);
    expect(acceptsGroups(base, base.endsAt)).toBe(false);
  });

  it('should say what is left of the quota, and nothing where there is none', () => {
    expect(quotaRemaining({ terms: TERMS, quotaUsed: 30 })).toBe(70);
    expect(quotaRemaining({ terms: { ...TERMS, quota: null }, quotaUsed: 0 })).toBeNull();
  });
});

describe('tiers', () => {
  it.each([
    [1, 1000],
    [4, 1000],
    [5, 900],
    [9, 900],
    [10, 750],
  ])('should sell to a group of %i at %i', (people, minor) => {
    expect(priceFor(TERMS, people)).toEqual(hkd(minor));
  });

  it('should refund the difference of every unit, and nothing where there is none', () => {
    expect(tierRefund(TERMS, 4, 3)).toBeNull();
    expect(tierRefund(TERMS, 5, 3)).toEqual(hkd(300));
    expect(tierRefund(TERMS, 10, 2)).toEqual(hkd(500));
  });

  it('should never charge more for more people', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (a, b) => {
        const [few, many] = a < b ? [a, b] : [b, a];
        expect(priceFor(TERMS, many).minor).toBeLessThanOrEqual(priceFor(TERMS, few).minor);
      }),
    );
  });
});
