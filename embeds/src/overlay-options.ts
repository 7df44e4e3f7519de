/** What the address of the overlay page says. Anything not listed, or out of range, counts as not given. */
export interface OverlayOptions {
  readonly group: string | null;
  readonly campaign: string | null;
  readonly token: string | null;
  readonly layout: (typeof LAYOUTS)[number];
  readonly theme: (typeof THEMES)[number];
  readonly corner: (typeof CORNERS)[number];
  /** BCP 47; texts are English or Chinese. */
  readonly lang: string;
  /** CSS colour of the digits and the bar; null for the theme's own. */
  readonly color: string | null;
  readonly scale: number;
  /** Distance to the edges, in hundredths of the picture's shorter side. */
  readonly margin: number;
  readonly countdown: boolean;
  readonly price: boolean;
  readonly title: string | null;
}

export const LAYOUTS = ['card', 'bar', 'number'] as const;
export const THEMES = ['dark', 'light', 'clear'] as const;
export const CORNERS = [
  'bottom-left',
  'bottom',
  'bottom-right',
  'left',
  'center',
  'right',
  'top-left',
  'top',
  'top-right',
] as const;
const LONGEST_TITLE = 40;

/** Reads both halves of the address: what stands behind the "#" is sent to no server, so a token is best put there. */
export function readOptions(search: string, hash: string): OverlayOptions {
  const given = new URLSearchParams(`${search.slice(1)}&${hash.slice(1)}`);
  const text = (name: string, shape: RegExp) => {
    const value = given.get(name) ?? '';
    return shape.test(value) ? value : null;
  };
  const oneOf = <T extends string>(name: string, choices: readonly [T, ...T[]]): T =>
    choices.find((choice) => choice === given.get(name)) ?? choices[0];
  const number = (name: string, least: number, usual: number, most: number) => {
    const value = text(name, /^\d{1,3}(\.\d{1,3})?$/);
    return value === null ? usual : Math.min(most, Math.max(least, Number(value)));
  };
  const hex = text('color', /^#?([\da-f]{3}|[\da-f]{6})$/i);
  const title = [...(given.get('title') ?? '').trim()].slice(0, LONGEST_TITLE).join('');
  return {
    group: text('group', /^gbuy_\w{1,60}$/),
    campaign: text('campaign', /^gbc_\w{1,60}$/),
    token: text('token', /^ot_[\w-]{20,100}$/),
    layout: oneOf('layout', LAYOUTS),
    theme: oneOf('theme', THEMES),
    corner: oneOf('corner', CORNERS),
    lang: text('lang', /^[a-z]{2,3}(-[a-z\d]{2,8}){0,3}$/i) ?? 'zh-Hans',
    color: hex && `#${hex.replace('#', '')}`,
    scale: number('scale', 0.25, 1, 4),
    margin: number('margin', 0, 4, 40),
    countdown: given.get('countdown') !== 'off',
    price: given.get('price') === 'on',
    title: title || null,
  };
}
