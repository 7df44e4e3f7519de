/** Headers of every answer. An API answer is never a page, so it may load nothing and be framed by nobody. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** What answers of the API depend on besides the address: caches between here and the client must tell these apart. */
export const GRAPHQL_VARY = 'Origin, Accept, Accept-Language, Authorization, X-Storefront-Key';
