import mongoose from 'mongoose';
import { expectEqual } from './browser/checks';
import { shown, untilShown } from './browser/chromium';
import { type Check, goalOnStage, type Stage } from './browser/stage';

const REVOKED_WITHIN_MS = 5_000;

/** E3: what a token may do, that it can be changed under an open overlay, and that it can be taken away. */
export const checkToken: Check = async (stage, faults) => {
  stage.progress('what a token may do');
  const refused = await bounds(stage, faults);
  stage.progress('rotation');
  await rotation(stage, faults);
  stage.progress('revocation');
  const took = await revocation(stage, faults);
  if (took > REVOKED_WITHIN_MS) faults.push(`a revoked overlay went off air after ${took} ms`);
  return `${refused} other operations refused; rotated under an open page and across a reload, its address unchanged; off air ${took} ms after its revocation`;
};

async function bounds({ shop }: Stage, faults: string[]): Promise<number> {
  const [own, other] = [await shop.group(3), await shop.group(3)];
  const { token } = await shop.overlay(own.id);
  const { client } = shop.shop;
  const refused = [
    ['{ products(first: 1) { nodes { id } } }', {}],
    ['query G($id: ID!) { groupBuy(id: $id) { id } }', { id: own.id }],
    ['mutation { cartCreate(input: {}) { userErrors { code } } }', {}],
    ['mutation { overlayTokenCreate(input: { name: "more" }) { userErrors { code } } }', {}],
    ['{ apiKeys(first: 1) { nodes { id } } }', {}],
  ] as const;
  for (const [document, variables] of refused) {
    const answer = await client.send(document, variables, { storefrontKey: token });
    expectEqual(
      faults,
      document,
      [answer.data, answer.errors.map(({ extensions }) => extensions?.['code'])],
      [null, ['FORBIDDEN']],
    );
  }
  const progress = (fields: string) => `subscription($id: ID!) { groupBuyProgress(groupBuyId: $id) { ${fields} } }`;
  const socket = client.socket({ storefrontKey: token });
  const firstOf = async (query: string, id: string): Promise<unknown> => {
    try {
      for await (const { data, errors } of socket.iterate({ query, variables: { id } })) return errors?.[0] ?? data;
    } catch (error) {
      return (error as { extensions?: { code?: unknown } }[])[0]?.extensions?.code;
    }
    return 'nothing';
  };
  expectEqual(faults, 'its own group', await firstOf(progress('groupBuy { joined }'), own.id), {
    groupBuyProgress: { groupBuy: { joined: 1 } },
  });
  expectEqual(faults, 'another group', await firstOf(progress('groupBuy { joined }'), other.id), 'FORBIDDEN');
  expectEqual(faults, 'people', await firstOf(progress('groupBuy { leader { displayName } }'), own.id), 'FORBIDDEN');
  await socket.dispose();
  return refused.length + 2;
}

async function rotation({ shop, browser }: Stage, faults: string[]): Promise<void> {
  const group = await shop.group(8);
  const overlay = await shop.overlay(group.id);
  const view = await browser.page();
  const { page } = view;
  const tokens = () => view.sent.flatMap((frame) => /"storefrontKey":"(ot_[\w-]+)"/.exec(frame)?.[1] ?? []);
  await page.goto(shop.url + overlay.path);
  await untilShown(page, 1);
  const { overlayTokenRotate } = await shop.shop.client.data<{ overlayTokenRotate: { token: string } }>(
    'mutation Rotate($input: OverlayTokenRotateInput!) { overlayTokenRotate(input: $input) { token } }',
    { input: { id: overlay.id, graceMinutes: 15 } },
    shop.shop.merchant,
  );
  await group.grow();
  await untilShown(page, 2);
  expectEqual(faults, 'sockets of a page under which the token was rotated', view.sockets.length, 1);
  // Opened again within the grace: the page is handed the successor and keeps it.
  const handed = page.waitForResponse((response) => response.url().endsWith('/graphql'));
  await page.reload();
  await handed;
  await untilShown(page, 2);
  await page.waitForFunction(() => localStorage.length === 1);
  await endGrace(shop.shop.mongodbUri, overlay.id);
  // The old text works no more, and the address still holds it.
  await page.reload();
  await group.grow();
  await untilShown(page, 3);
  // Between the two it may be either: both work within the grace.
  expectEqual(
    faults,
    'tokens presented at first and at last',
    [tokens().at(0), tokens().at(-1)],
    [overlay.token, overlayTokenRotate.token],
  );
  expectEqual(faults, 'address', page.url(), shop.url + overlay.path);
  expectEqual(faults, 'errors', view.faults, []);
  await view.close();

  const late = await browser.page();
  await late.page.goto(shop.url + overlay.path);
  await late.page.waitForFunction(() => document.querySelector('p')?.textContent !== undefined);
  expectEqual(
    faults,
    'a stranger with the old address',
    await late.page.evaluate(() => [
      document.body.textContent?.trim(),
      document.querySelectorAll('group-buy-counter').length,
    ]),
    ['此链接已失效:请重新创建。', 0],
  );
  await late.close();
}

/** As if the quarter of an hour were over. */
async function endGrace(mongodbUri: string, id: string): Promise<void> {
  const connection = await mongoose.createConnection(mongodbUri, { dbName: 'kaituan_accounts' }).asPromise();
  try {
    const tokens = connection.collection<{ _id: string; texts: { until: Date | null }[] }>('overlay_tokens');
    await tokens.updateOne({ _id: id }, { $set: { 'texts.0.until': new Date(Date.now() - 1000) } });
  } finally {
    await connection.close();
  }
  // What the gateway believes of a token it believes for two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
}

async function revocation({ shop, browser }: Stage, faults: string[]): Promise<number> {
  const group = await shop.group(8);
  const overlay = await shop.overlay(group.id);
  const view = await browser.page();
  const { page } = view;
  await page.goto(shop.url + overlay.path);
  await untilShown(page, 1);
  const revoked = Date.now();
  await shop.shop.client.data(
    'mutation Revoke($input: OverlayTokenRevokeInput!) { overlayTokenRevoke(input: $input) { userErrors { code } } }',
    { input: { id: overlay.id } },
    shop.shop.merchant,
  );
  await page
    .waitForFunction(() => document.querySelector('group-buy-counter') === null, null, { timeout: 15_000 })
    .catch(async () => faults.push(`a revoked overlay stays on air: ${JSON.stringify(await shown(page))}`));
  const took = Date.now() - revoked;
  expectEqual(
    faults,
    'left on air after a revocation',
    await page.evaluate(() => document.body.textContent?.trim()),
    '',
  );
  await view.close();
  return took;
}

export const embedsToken = goalOnStage('E3', 'Overlay tokens: bounds, rotation, revocation', checkToken);
