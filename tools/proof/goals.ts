import { abuse } from './abuse';
import { dropAndResume } from './drop-and-resume';
import { embedsBurst } from './embeds-burst';
import { embedsCounter } from './embeds-counter';
import { embedsOrigins } from './embeds-origins';
import { embedsOverlay } from './embeds-overlay';
import { embedsToken } from './embeds-token';
import { failingSubgraph } from './failing-subgraph';
import { fanOut } from './fan-out';
import type { Goal } from './goal';
import { gracefulStop } from './graceful-stop';
import { killNine } from './kill-nine';
import { ledger } from './ledger';
import { limits } from './limits';
import { noOversell } from './no-oversell';
import { oneEffect } from './one-effect';
import { outboxRelay } from './outbox-relay';
import { randomLoad } from './random-load';
import { slowReader } from './slow-reader';
import { unsignedCalls } from './unsigned-calls';

/** Every goal `npm run proof` knows, in the order of their ids. */
export const GOALS: readonly Goal[] = [
  noOversell, // R1
  ledger, // R2
  oneEffect, // R3
  killNine, // R4
  outboxRelay, // R8
  failingSubgraph, // R11
  dropAndResume, // R12
  slowReader, // R13
  fanOut, // R14
  gracefulStop, // R15
  abuse, // S1
  limits, // S2
  unsignedCalls, // S6
  randomLoad, // S13
  embedsCounter, // E1, E5
  embedsOverlay, // E2
  embedsToken, // E3
  embedsOrigins, // E4
  embedsBurst, // E6
];
