const REFRESH = `mutation OverlayTokenRefresh($input: OverlayTokenRefreshInput!) {
  overlayTokenRefresh(input: $input) { token groupBuyId campaignId userErrors { code } }
}`;

/** What the server says of a token. */
export interface RefreshedToken {
  readonly token: string;
  readonly groupBuyId: string | null;
  readonly campaignId: string | null;
}

/**
 * The token of this page: the one in its address, or the newest successor it was handed since. The address may stay as
 * it is for years while the token behind it changes.
 */
export class OverlayToken {
  readonly #name: string;
  current: string;

  constructor(
    readonly api: string,
    readonly given: string,
  ) {
    this.#name = `overlay ${given}`;
    this.current = this.#remembered() ?? given;
  }

  /** The newest token, null when it has ended. Rejects when the server cannot be asked now. */
  async refresh(): Promise<RefreshedToken | null> {
    const answer = await this.#ask(this.current);
    // What was remembered may have ended with an installation's database; the address then has the last word.
    const refreshed = answer ?? (this.current === this.given ? null : await this.#ask(this.given));
    if (refreshed) this.#remember(refreshed.token);
    return refreshed;
  }

  async #ask(token: string): Promise<RefreshedToken | null> {
    const response = await fetch(`${this.api}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify({ query: REFRESH, variables: { input: { token } } }),
    });
    const { data } = (await response.json()) as {
      data?: { overlayTokenRefresh: RefreshedToken & { userErrors: readonly unknown[] } } | null;
    };
    if (!data) throw new Error(`The server answered ${response.status}.`);
    return data.overlayTokenRefresh.userErrors.length > 0 ? null : data.overlayTokenRefresh;
  }

  #remembered(): string | null {
    try {
      return localStorage.getItem(this.#name);
    } catch {
      return null;
    }
  }

  #remember(token: string): void {
    this.current = token;
    try {
      if (token !== this.given) localStorage.setItem(this.#name, token);
    } catch {
      // Without storage the page lives with its address until the grace of the rotation ends.
    }
  }
}
