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
  /** What an operation may ask for at most, by `operation-cost.ts`, with its variables. */
  cost: 2_000,
  /** `first` or `last`, wherever the number comes from. */
  page: 100,
  /** Values in one list of the arguments or variables. */
  listItems: 100,
  /** Values in all variables together, and how deep they nest. */
  variableValues: 2_000,
  variableDepth: 10,
  /** How many entries a list counts for that says nothing about its length. */
  assumedListItems: 5,
  mutationCost: 10,
  introspectionCost: 100,
  /** Points a caller may spend at once, and what comes back each second. A person is one caller, else an address is. */
  callerBucket: { maximumAvailable: 10_000, restoreRate: 500 },
  secretKeyBucket: { maximumAvailable: 20_000, restoreRate: 1_000 },
  /** Every visitor of a site shares its publishable key. */
  publishableKeyBucket: { maximumAvailable: 200_000, restoreRate: 10_000 },
  /**
   * Milliseconds of a core, about what the largest documents take (measured: checking 12 to 76, planning 47 to 68), for
   * what nobody sent before; and how many an address has: 80 documents at once, then a tenth of a core.
   */
  newDocument: { check: 50, plan: 50 },
  newDocumentBucket: { maximumAvailable: 8_000, restoreRate: 100 },
  queryDeadlineMs: 10_000,
  /** Longer, because cutting a write off does not undo it: the caller would only lose the answer. */
  mutationDeadlineMs: 60_000,
  /** Requests and socket operations per address within the window. */
  requestsPerWindow: 250,
  windowSeconds: 10,
  /** Payment providers call from few addresses, and send again what was refused. */
  webhooksPerWindow: 1_000,
  /** Subscriptions of an address within the window by documents the gateway has planned: all its sockets, full. */
  subscriptionsPerWindow: 2_500,
  /** What the start of a public topic costs at most; joining one that runs is free. */
  publicTopicCost: 10,
  /** Topics an address has begun and that still run; joining those of others is not counted. */
  topicsPerAddress: 200,
  /** WebSocket. */
  messageBytes: 16 * 1024,
  initMs: 3_000,
  subscriptionsPerSocket: 10,
  heartbeatMs: 12_000,
  /** Frames a subscription may have on their way before it gets only the newest state. */
  framesInFlight: 64,
  bufferedBytes: 256 * 1024,
  /** Bytes of a socket's acknowledgements, errors, ends and pongs that may lie unread before it is closed. */
  controlBytes: 64 * 1024,
  /** Bytes of a ping's payload that come back in its pong; a longer one is answered without. */
  pongPayloadBytes: 125,
  /** Messages and pings of a socket: so many at once, then so many a second; and how many may be worked on. */
  messageBurst: 300,
  messagesPerSecond: 50,
  messagesInFlight: 128,
  /** Characters of the id a client gives a subscription; a UUID has 36. */
  subscriptionIdCharacters: 128,
  /** Open sockets and event streams: of this process, of an address, of a storefront key. */
  connections: 10_000,
  connectionsPerAddress: 200,
  connectionsPerKey: 5_000,
  /** Changes of a live topic told one by one before its rate holds, and the rate: newest state each time. */
  topicBurst: 25,
  topicPerSecond: 5,
  /** A state gives way to a newer one of its id when it has waited this long, behind a burst and at any rate. */
  topicLateMs: 100,
  topicTooLateMs: 400,
  /** How often open connections' credentials are looked at again. */
  credentialCheckMs: 1_500,
  /** Of every turn of the event loop, how long deliveries to many may take. */
  broadcastSliceMs: 15,
  /** How long an owner of events that has gone away is asked again: once it has given some, and before. */
  upstreamPatienceMs: 30_000,
  firstUpstreamPatienceMs: 10_000,
  upstreamRetryMs: 100,
  upstreamRetryMostMs: 2_000,
  /** How long clients of an event stream wait before they connect again. */
  streamRetryMs: 1_000,
  /** How long a stop waits for requests that are already running. */
  drainMs: 10_000,
} as const;
