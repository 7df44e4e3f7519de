import { randomBytes } from 'node:crypto';
import { hasRole, type Identity } from '../../../platform/context/identity';
import { requireAccount } from '../../../platform/graphql/authorization';
import { decodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { notFound, Refusal } from '../../../platform/user-errors/refusal';
import {
  checkGraceMinutes,
  checkOverlayTokenRequest,
  digestText,
  isLive,
  type OverlayToken,
  type OverlayTokenRequest,
  rotatedTexts,
  tokenText,
  worksUntil,
} from './overlay-token';
import type { OverlayTokenModel } from './overlay-token.model';

const SECRET = 'overlay-token-key';
/** How stale `lastUsedAt` may be: a busy overlay writes once in this time. */
const TOUCH_MS = 15 * 60_000;
const ROTATION_TRIES = 5;

/** A token with its newest text. */
export interface IssuedOverlayToken {
  readonly token: string;
  readonly overlayToken: OverlayToken;
}

/** Tokens of overlays. Whoever may make one has their own; an administrator sees all. */
export class OverlayTokenService {
  constructor(
    private readonly kernel: Kernel,
    private readonly tokens: OverlayTokenModel,
  ) {}

  /** Refuses INVALID. */
  async create(identity: Identity, request: OverlayTokenRequest): Promise<IssuedOverlayToken> {
    const now = this.kernel.clock.now();
    const checked = checkOverlayTokenRequest(request, now);
    const made = { id: this.kernel.newId('ovt'), salt: randomBytes(16).toString('base64url'), generation: 1 };
    const token = this.textOf(made, 1);
    const overlayToken: OverlayToken = {
      ...checked,
      ...made,
      texts: [{ digest: digestText(token), until: null }],
      createdBy: requireAccount(identity),
      createdAt: now,
      rotatedAt: null,
      revokedAt: null,
      lastUsedAt: null,
    };
    await this.tokens.insert(overlayToken);
    return { token, overlayToken };
  }

  /** Refuses INVALID, NOT_FOUND, OVERLAY_TOKEN_ENDED, and CONFLICT where many rotate at the same time. */
  async rotate(identity: Identity, id: string, minutes: number): Promise<IssuedOverlayToken> {
    const graceMinutes = checkGraceMinutes(minutes);
    for (let attempt = 0; attempt < ROTATION_TRIES; attempt += 1) {
      const now = this.kernel.clock.now();
      const before = await this.tokens.find(id, ownerFor(identity));
      if (!before) throw notFound(['input', 'id'], 'overlay token');
      if (!isLive(before, now)) {
        throw new Refusal('OVERLAY_TOKEN_ENDED', 'The overlay token was revoked or has expired: make a new one.', {
          field: ['input', 'id'],
        });
      }
      const token = this.textOf(before, before.generation + 1);
      const texts = rotatedTexts(before.texts, digestText(token), now, graceMinutes);
      const overlayToken = await this.tokens.rotate(id, before.generation, texts, now);
      if (overlayToken) return { token, overlayToken };
    }
    throw new Refusal('CONFLICT', 'Too many rotations of this token met. Send the request again.');
  }

  /** A repeat changes nothing. Refuses NOT_FOUND for a token the caller may not see. */
  async revoke(identity: Identity, id: string): Promise<OverlayToken> {
    const token = await this.tokens.revoke(id, ownerFor(identity), this.kernel.clock.now());
    if (!token) throw notFound(['input', 'id'], 'overlay token');
    return token;
  }

  /** Newest first, ended ones included. */
  async list(identity: Identity, request: PageRequest): Promise<Page<OverlayToken>> {
    const owner = ownerFor(identity);
    const after = request.after === null ? null : decodeCursor(request.after, 1);
    const rows = await this.tokens.list(owner, after, request.first + 1);
    return pageOf(
      rows,
      request,
      (token) => [token.id],
      () => this.tokens.count(owner),
    );
  }

  /** The newest text of a token, for whoever holds a text that still works. Refuses INVALID_OVERLAY_TOKEN. */
  async refresh(text: string): Promise<IssuedOverlayToken> {
    const known = await this.identify(text);
    if (!known) {
      throw new Refusal('INVALID_OVERLAY_TOKEN', 'The overlay token is unknown, was revoked or has expired.', {
        field: ['input', 'token'],
      });
    }
    const { overlayToken } = known;
    return { token: this.textOf(overlayToken, overlayToken.generation), overlayToken };
  }

  /** Whose text it is and until when it works; null when it does not. */
  async identify(text: string): Promise<{ readonly overlayToken: OverlayToken; readonly until: Date } | null> {
    const digest = digestText(text);
    const overlayToken = await this.tokens.findByDigest(digest);
    const now = this.kernel.clock.now();
    const until = overlayToken && worksUntil(overlayToken, digest, now);
    if (!overlayToken || !until) return null;
    const stale = new Date(now.getTime() - TOUCH_MS);
    if (overlayToken.lastUsedAt === null || overlayToken.lastUsedAt < stale) {
      await this.tokens.touch(overlayToken.id, now, stale);
    }
    return { overlayToken, until };
  }

  private textOf(token: Pick<OverlayToken, 'id' | 'salt'>, generation: number): string {
    return tokenText(this.kernel.secrets.get(SECRET), token, generation);
  }
}

function ownerFor(identity: Identity): string | null {
  return hasRole(identity, 'ADMIN') ? null : requireAccount(identity);
}
