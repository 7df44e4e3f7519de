import { abuse } from '../../tools/proof/abuse';
import { dropAndResume } from '../../tools/proof/drop-and-resume';
import { failingSubgraph } from '../../tools/proof/failing-subgraph';
import { fanOut } from '../../tools/proof/fan-out';
import { killNine } from '../../tools/proof/kill-nine';
import { ledger } from '../../tools/proof/ledger';
import { limits } from '../../tools/proof/limits';
import { noOversell } from '../../tools/proof/no-oversell';
import { oneEffect } from '../../tools/proof/one-effect';
import { randomLoad } from '../../tools/proof/random-load';
import { slowReader } from '../../tools/proof/slow-reader';
import { unsignedCalls } from '../../tools/proof/unsigned-calls';

/** The reliability goals at a size of seconds; `npm run proof` runs them at their own. */
describe('the reliability goals', () => {
  it.each([
    noOversell,
    ledger,
    oneEffect,
    killNine,
    dropAndResume,
    slowReader,
    fanOut,
    failingSubgraph,
    unsignedCalls,
    abuse,
    limits,
    randomLoad,
  ])(
    'should hold: $id $title',
    async (goal) => {
      const { faults, figures } = await goal.run({ size: 'smoke', seed: 20260601, progress: () => undefined });
      expect({ figures, faults }).toEqual({ figures: expect.any(String), faults: [] });
    },
    180_000,
  );
});
