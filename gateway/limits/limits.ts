/** Every bound at the door in one place; README.md repeats them for readers. */
export const LIMITS = {
  /** Bytes of a request body, webhooks included. */
  bodyBytes: 100 * 1024,
  /** Lexical tokens of a document. */
  tokens: 1_000,
  /** Fields on the longest path, the leaf counted; introspection fields have graphql-js's own rule. */
  depth: 10,
  aliases: 15,
  directives: 10,
  /** Fields and fragments after every fragment is written out where it is spread. */
  selections: 2_000,
  /** Root fields of a mutation. */
  mutationFields: 1,
  queryDeadlineMs: 10_000,
  /** Longer, because cutting a write off does not undo it: the caller would only lose the answer. */
  mutationDeadlineMs: 60_000,
  /** Requests and socket operations per address within the window. */
  requestsPerWindow: 250,
  windowSeconds: 10,
  /** WebSocket. */
  messageBytes: 16 * 1024,
  initMs: 3_000,
  subscriptionsPerSocket: 10,
  heartbeatMs: 12_000,
  /** Frames a subscription may have on their way before it gets only the newest state. */
  framesInFlight: 64,
  bufferedBytes: 256 * 1024,
  /** How long a stop waits for requests that are already running. */
  drainMs: 10_000,
} as const;
