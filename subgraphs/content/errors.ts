/** Codes only this subgraph answers with. */
export const CONTENT_ERROR_CODES = {
  ALREADY_REVIEWED: 'This account has already reviewed the product.',
} as const;
