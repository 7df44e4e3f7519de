import { findChromium } from '../../tools/proof/browser/chromium';

/** `describe` where there is a browser. Elsewhere the suite says that it was left out; on CI it fails instead. */
export function describeInChromium(name: string, suite: () => void): void {
  if (findChromium()) {
    describe(name, suite);
  } else if (process.env['CI']) {
    describe(name, () => {
      it('should have a browser', () => {
        throw new Error('No Chromium on this machine: install it, or name it in CHROMIUM_PATH.');
      });
    });
  } else {
    console.warn(`SKIPPED: "${name}" needs Chromium. Install it, or name it in CHROMIUM_PATH.`);
    describe.skip(name, suite);
  }
}
