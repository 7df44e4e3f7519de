/** What accounts refuses, beyond the common codes. */
export const ACCOUNTS_ERROR_CODES = {
  IDENTIFIER_TAKEN: 'Another account has this e-mail address or phone number.',
  PASSWORD_TOO_WEAK:
    'The password is shorter than 8 characters, among the commonly used ones, or the identifier itself.',
  INVALID_CREDENTIALS: 'The identifier and the password do not belong together; the same for an unknown identifier.',
  TOO_MANY_ATTEMPTS: 'Five sign-ins with this identifier failed within 15 minutes. Wait and try again.',
  INVALID_REFRESH_TOKEN: 'The refresh token is unknown, has expired, or its session was closed. Sign in again.',
  REFRESH_TOKEN_REUSED:
    'The refresh token was used before, so someone may have copied it: its session is closed. Sign in again.',
  SCOPE_NOT_ALLOWED: 'A key of this kind may not have that scope.',
  OVERLAY_TOKEN_ENDED: 'The overlay token was revoked or has expired. Make a new one.',
  INVALID_OVERLAY_TOKEN: 'The overlay token is unknown, was revoked or has expired.',
  INSUFFICIENT_FUNDS: 'The account does not hold that much.',
} as const;
