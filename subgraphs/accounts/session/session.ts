import { createHash } from 'node:crypto';

export const ACCESS_TOKEN_SECONDS = 10 * 60;
export const REFRESH_TOKEN_SECONDS = 30 * 24 * 3600;

/** A person's sign-in on one device. The refresh tokens it went through are its family: it ends with any misuse. */
export interface Session {
  readonly id: string;
  readonly accountId: string;
  readonly createdAt: Date;
  readonly refreshedAt: Date;
  /** When the newest refresh token lapses. */
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/** What is stored of a refresh token: 32 random bytes need no slow hash. */
export function digestToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

export function after(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}
