/** Codes only this subgraph answers with. */
export const COMMUNITY_ERROR_CODES = {
  NEIGHBORHOOD_PAUSED: 'The neighborhood takes no new residents for now.',
} as const;
