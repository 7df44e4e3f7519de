import type { Progress } from './progress';

/** Texts of one language, by key. `#` stands for a number. */
export type Words = Readonly<Record<string, string>>;

/** What a text is for; a state of the API stands under its own name. */
const KEYS = 'group campaign missing full left sold of ends begins days succeeded expired closed cancelled ended';

const ENGLISH = table(
  'Group buy|Sold so far|# to go|Full|# left|# sold|# of # joined|Ends in|Starts in|#d |' +
    'Group complete|Time is up|Refunded|Cancelled|Ended',
);
const SIMPLIFIED_TEXTS =
  '一起拼团|已售出|还差 # 人成团|人数已满|仅剩 # 件|已售 # 件|已有 # 人参团,共需 # 人|剩余|距开始|#天 |' +
  '拼团成功|未能成团|已退款|已取消|已结束';
const SIMPLIFIED = table(SIMPLIFIED_TEXTS);
/** The same words in the other script: pairs of characters, the simplified one first. */
const SCRIPT = '团團还還数數满滿仅僅参參余餘开開结結';
const TRADITIONAL = table(
  SIMPLIFIED_TEXTS.replace(/[团还数满仅参余开结]/g, (one) => SCRIPT[SCRIPT.indexOf(one) + 1] ?? one),
);

function table(texts: string): Words {
  const each = texts.split('|');
  return Object.fromEntries(KEYS.split(' ').map((key, at) => [key, each[at] ?? '']));
}

/** English unless the language is a Chinese one; which script, by its tag (RFC 5646) or region. */
export function wordsOf(language: string): Words {
  if (!/^zh\b/i.test(language)) return ENGLISH;
  return /hant|-(tw|hk|mo)\b/i.test(language) ? TRADITIONAL : SIMPLIFIED;
}

export function fill(text: string | undefined, ...values: readonly string[]): string {
  let at = 0;
  return (text ?? '').replace(/#/g, () => values[at++] ?? '');
}

/** How it stands, in a few words. */
export function statusText(words: Words, progress: Progress, language: string): string {
  const { state, remaining, joined, kind } = progress;
  if (words[state]) return fill(words[state]);
  const key = kind === 'group' ? (remaining ? 'missing' : 'full') : remaining === null ? 'sold' : 'left';
  return fill(words[key], (remaining ?? joined).toLocaleString(language));
}

/** Hours, minutes and seconds, with days in front where there are any. */
export function countdownText(words: Words, milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (value: number) => `${Math.floor(value)}`.padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const clock = `${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  return (days > 0 ? fill(words['days'], `${days}`) : '') + clock;
}
