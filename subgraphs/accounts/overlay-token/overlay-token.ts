import { createHash, createHmac } from 'node:crypto';
import { isId } from '../../../platform/ids/id';
import { invalid } from '../../../platform/user-errors/refusal';

/** All an overlay token may do: read the progress of what it is bound to. */
export const OVERLAY_SCOPE = 'live:overlay';

const MAX_NAME = 80;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
export const DEFAULT_LIFETIME_MS = 30 * DAY_MS;
export const LONGEST_LIFETIME_MS = 366 * DAY_MS;
/** An open page asks for its successor every few minutes: in a quarter of an hour each one has been told. */
export const GRACE_MINUTES = { least: 15, usual: 24 * 60, most: 7 * 24 * 60 } as const;
/** Rotating again and again within the grace ends the oldest text early. */
const MAX_TEXTS = 8;

/** One text by which a token is known. Only its digest is kept. */
export interface TokenText {
  readonly digest: string;
  /** Since a rotation: when it stops working. Null for the newest, which works as long as the token. */
  readonly until: Date | null;
}

export interface OverlayToken {
  readonly id: string;
  readonly name: string;
  /** Exactly one of the two: what an overlay with this token shows. */
  readonly groupBuyId: string | null;
  readonly campaignId: string | null;
  /** Random; goes into every text together with a secret of the installation. */
  readonly salt: string;
  /** Rises by one with every rotation. */
  readonly generation: number;
  /** Newest last. */
  readonly texts: readonly TokenText[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly rotatedAt: Date | null;
  readonly revokedAt: Date | null;
  /** Coarse: within a quarter of an hour of the last use. */
  readonly lastUsedAt: Date | null;
}

export interface OverlayTokenRequest {
  readonly name: string;
  readonly groupBuyId: string | null;
  readonly campaignId: string | null;
  readonly expiresAt: Date | null;
}

export type CheckedOverlayToken = Pick<OverlayToken, 'name' | 'groupBuyId' | 'campaignId' | 'expiresAt'>;

/**
 * The text of one generation. It can be written again from the record and the secret, so that a page with an older text
 * can be handed the newest although only digests are stored; from the record alone it cannot.
 */
export function tokenText(secret: string, { id, salt }: Pick<OverlayToken, 'id' | 'salt'>, generation: number): string {
  return `ot_${createHmac('sha256', secret).update(`${id}:${salt}:${generation}`).digest('base64url')}`;
}

export function digestText(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** The request in its one written form, or a refusal that names the fault. */
export function checkOverlayTokenRequest(request: OverlayTokenRequest, now: Date): CheckedOverlayToken {
  const name = request.name.trim();
  if (name === '' || [...name].length > MAX_NAME) {
    throw invalid(['input', 'name'], `An overlay token has a name of 1 to ${MAX_NAME} characters.`);
  }
  const { groupBuyId, campaignId } = request;
  if ((groupBuyId === null) === (campaignId === null)) {
    throw invalid(['input'], 'An overlay token is for one group or for one campaign.');
  }
  if (groupBuyId !== null && !isId('gbuy', groupBuyId)) {
    throw invalid(['input', 'groupBuyId'], 'This is not the id of a group.');
  }
  if (campaignId !== null && !isId('gbc', campaignId)) {
    throw invalid(['input', 'campaignId'], 'This is not the id of a campaign.');
  }
  const expiresAt = request.expiresAt ?? new Date(now.getTime() + DEFAULT_LIFETIME_MS);
  const lifetime = expiresAt.getTime() - now.getTime();
  if (!(lifetime >= MINUTE_MS && lifetime <= LONGEST_LIFETIME_MS)) {
    throw invalid(['input', 'expiresAt'], 'An overlay token works for a minute at least and 366 days at most.');
  }
  return { name, groupBuyId, campaignId, expiresAt };
}

export function checkGraceMinutes(minutes: number): number {
  if (minutes < GRACE_MINUTES.least || minutes > GRACE_MINUTES.most) {
    throw invalid(
      ['input', 'graceMinutes'],
      `A rotated token goes on working for ${GRACE_MINUTES.least} to ${GRACE_MINUTES.most} minutes.`,
    );
  }
  return minutes;
}

/** Whether the token as a whole still works. */
export function isLive({ revokedAt, expiresAt }: OverlayToken, now: Date): boolean {
  return revokedAt === null && expiresAt > now;
}

/** Until when this text works; null when it does not. */
export function worksUntil(token: OverlayToken, digest: string, now: Date): Date | null {
  const text = token.texts.find((candidate) => candidate.digest === digest);
  if (!text || !isLive(token, now)) return null;
  const end = text.until !== null && text.until < token.expiresAt ? text.until : token.expiresAt;
  return end > now ? end : null;
}

/** The texts after a rotation: the newest is new, the others end with their grace. */
export function rotatedTexts(
  texts: readonly TokenText[],
  digest: string,
  now: Date,
  graceMinutes: number,
): TokenText[] {
  const graceEnds = new Date(now.getTime() + graceMinutes * MINUTE_MS);
  const older = texts
    .map((text) => (text.until !== null && text.until < graceEnds ? text : { ...text, until: graceEnds }))
    .filter(({ until }) => until !== null && until > now);
  return [...older.slice(1 - MAX_TEXTS), { digest, until: null }];
}
