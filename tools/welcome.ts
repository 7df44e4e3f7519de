import type { Config } from '../platform/config/config';
import { DEMO_PASSWORD } from './demo-data/demo-password';

/** What the person at the terminal reads when everything runs. */
export function welcome(url: string, config: Config, storefrontKey: string | null): string {
  return [
    '',
    `Kaituan is ready at ${url}/graphql (HTTP and WebSocket).`,
    ...(config.introspection ? [`Explorer      ${url}/`] : []),
    `Data          ${config.mongodbUri === null ? config.dataDir : 'MongoDB'}`,
    ...(storefrontKey
      ? [
          `Storefront key ${storefrontKey}`,
          'Sign in as    merchant@example.com, staff@, leader@, host@, admin@ or shopper1@ … shopper20@example.com',
          `Password      ${DEMO_PASSWORD}`,
          'Next          npm run demo   (a group fills while you watch)',
        ]
      : []),
    '',
  ].join('\n');
}
