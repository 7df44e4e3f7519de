import { css } from './counter.css';
import { LiveSocket } from './live-socket';
import { documentOf, type Price, type Progress, progressOf } from './progress';
import { countdownText, fill, statusText, wordsOf } from './words';

/** Attributes that decide what is followed, and those that only change how it looks. */
const SOURCE = ['group-id', 'campaign-id', 'api', 'key', 'storefront-key', 'price'];
const LOOK = ['lang', 'label', 'countdown'];
/** Up to this size each seat is a piece of its own in the bar. */
const MOST_SEATS_DRAWN = 20;
/** Screen readers are told at most this often, but at once when the state changes. */
const SPEAK_MS = 10_000;

/** The API of the server this script came from. */
const home = new URL((document.currentScript as HTMLScriptElement | null)?.src ?? location.href).origin;
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/**
 * `<group-buy-counter group-id="gbuy_…" api="https://…" key="pk_…">`: how full a group is, live. What stands inside the
 * element is shown until the first value, and where there is no such group. Fires `groupbuychange` with a Progress.
 */
export class GroupBuyCounter extends HTMLElement {
  static readonly observedAttributes = [...SOURCE, ...LOOK];
  /** What is shown at present; null before the first value. */
  progress: Progress | null = null;
  readonly #label = box('title');
  readonly #price = box('price');
  readonly #joined = box('joined');
  readonly #size = box('size');
  readonly #bar = box('fill');
  readonly #track = box('track', this.#bar);
  readonly #status = box('status');
  readonly #countdown = box('countdown');
  readonly #box = box(
    'counter',
    box('head', this.#label, this.#price),
    box('numbers', this.#joined, this.#size),
    this.#track,
    box('foot', this.#status, this.#countdown),
  );
  readonly #fallback = document.createElement('slot');
  readonly #spoken = document.createElement('p');
  #socket: LiveSocket | null = null;
  #unfollow: (() => void) | null = null;
  #online = true;
  #clockTimer = 0;
  #speakTimer = 0;
  #spokenAt = -SPEAK_MS;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    this.#box.hidden = true;
    this.#box.ariaHidden = 'true';
    this.#spoken.setAttribute('role', 'status');
    root.append(this.#box, this.#fallback, this.#spoken);
  }

  connectedCallback(): void {
    this.#follow();
  }

  disconnectedCallback(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    clearTimeout(this.#clockTimer);
    clearTimeout(this.#speakTimer);
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (SOURCE.includes(name)) this.#follow();
    else this.#show();
  }

  #follow(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    const group = this.getAttribute('group-id');
    const id = group || this.getAttribute('campaign-id');
    const kind = group ? 'group' : 'campaign';
    if (this.progress?.id !== id) this.progress = null;
    this.#show();
    if (!id) return;
    const api = new URL(this.getAttribute('api') || home, home);
    const key = this.getAttribute('key') ?? this.getAttribute('storefront-key') ?? '';
    const socket = LiveSocket.of(api.origin + api.pathname.replace(/\/$/, ''), key);
    this.#socket = socket;
    this.#unfollow = socket.follow(
      documentOf(kind, this.hasAttribute('price')),
      { id },
      {
        next: (data) => {
          const next = progressOf(kind, id, data);
          if (!next) return;
          socket.clock.note(next.asOf);
          this.#online = true;
          // After a reconnection another server may answer, and be behind for a moment.
          if (this.progress && next.version <= this.progress.version) return this.#show();
          this.#take(next);
        },
        refused: () => {
          this.progress = null;
          this.#show();
        },
        online: (yes) => {
          this.#online = yes;
          this.#show();
        },
      },
    );
  }

  #take(next: Progress): void {
    const before = this.progress;
    this.progress = next;
    this.#show();
    if (before && before.joined !== next.joined && !calm.matches) {
      this.#joined.animate([{ transform: 'scale(1.22)' }, { transform: 'none' }], {
        duration: 420,
        easing: 'ease-out',
      });
    }
    this.#speak(before?.state !== next.state);
    this.dispatchEvent(new CustomEvent('groupbuychange', { bubbles: true, composed: true, detail: next }));
  }

  #show(): void {
    const { progress } = this;
    this.#box.hidden = !progress;
    this.#fallback.hidden = !!progress;
    clearTimeout(this.#clockTimer);
    if (!progress) {
      this.#spoken.textContent = '';
      return;
    }
    const { state, joined, size, price, kind } = progress;
    const language = this.#language;
    const words = wordsOf(language);
    name(this.#box, `counter ${state}${this.#online ? '' : ' offline'}`);
    write(this.#label, this.getAttribute('label') ?? fill(words[kind]));
    write(this.#price, price ? money(language, price) : '');
    write(this.#joined, joined.toLocaleString(language));
    write(this.#size, size === null ? '' : `/ ${size.toLocaleString(language)}`);
    write(this.#status, statusText(words, progress, language));
    this.#track.hidden = !size;
    name(this.#track, size && size <= MOST_SEATS_DRAWN ? 'track seats' : 'track');
    this.#track.style.setProperty('--n', `${size}`);
    this.#bar.style.setProperty('--f', `${joined / (size || 1)}`);
    this.#tick();
  }

  #tick(): void {
    const { progress } = this;
    const socket = this.#socket;
    if (!progress || !socket) return;
    const words = wordsOf(this.#language);
    const left = Date.parse(progress.until) - socket.clock.now();
    const runs = /open|running|scheduled/.test(progress.state) && this.getAttribute('countdown') !== 'off';
    const label = words[progress.state === 'scheduled' ? 'begins' : 'ends'];
    write(this.#countdown, runs ? `${label} ${countdownText(words, left)}` : '');
    if (left > 0) this.#clockTimer = setTimeout(() => this.#tick(), (left % 1000) + 1);
  }

  #speak(now: boolean): void {
    clearTimeout(this.#speakTimer);
    const wait = now ? 0 : this.#spokenAt + SPEAK_MS - performance.now();
    this.#speakTimer = setTimeout(() => {
      if (!this.progress) return;
      this.#spokenAt = performance.now();
      const { joined, size, kind } = this.progress;
      const words = wordsOf(this.#language);
      const text = fill(words[kind === 'campaign' ? 'sold' : 'of'], `${joined}`, `${size}`);
      write(this.#spoken, [text, this.#status.textContent, this.#countdown.textContent].filter(Boolean).join('. '));
    }, wait);
  }

  get #language(): string {
    return this.closest<HTMLElement>('[lang]')?.lang || navigator.language;
  }
}

/** `names` are its classes, and the parts by which pages may style it. */
function box(names: string, ...children: readonly HTMLElement[]): HTMLElement {
  const made = document.createElement('div');
  name(made, names);
  made.append(...children);
  return made;
}

function name(target: HTMLElement, names: string): void {
  target.className = names;
  target.setAttribute('part', names);
}

/** Only what differs is written: the same text again would be read aloud again. */
function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

function money(language: string, { amount, currencyCode }: Price): string {
  return Number(amount).toLocaleString(language, { style: 'currency', currency: currencyCode });
}
