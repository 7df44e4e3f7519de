import { killNine } from '../../tools/proof/kill-nine';
import { ledger } from '../../tools/proof/ledger';
import { noOversell } from '../../tools/proof/no-oversell';
import { oneEffect } from '../../tools/proof/one-effect';

/** The reliability goals at a size of seconds; `npm run proof` runs them at their own. */
describe('the reliability goals', () => {
  it.each([noOversell, ledger, oneEffect, killNine])(
    'should hold: $id $title',
    async (goal) => {
      const { faults, figures } = await goal.run({ size: 'smoke', seed: 20260601, progress: () => undefined });
      expect({ figures, faults }).toEqual({ figures: expect.any(String), faults: [] });
    },
    180_000,
  );
});
