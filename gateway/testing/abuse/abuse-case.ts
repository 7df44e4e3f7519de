/** One way to misuse the door, and what the door must do about it. */
export interface AbuseCase {
  /** Lasting: "doc-…" runs at both doors, "http-…" and "ws-…" at one. */
  readonly id: string;
  readonly title: string;
  /** Takes up to a minute because the door's own time limits are long. */
  readonly slow?: boolean;
  /** What is wrong with how the door behaved, one line each. */
  run(url: string): Promise<readonly string[]>;
}

/** What a client saw of one attempt. */
export interface Seen {
  readonly accepted: boolean;
  /** Of the first error; null where there was none. */
  readonly code: string | null;
  readonly limit: string | null;
  /** HTTP status, or the code a socket was closed with; 0 for a socket that stayed open. */
  readonly status: number;
  /** Everything the door said. */
  readonly text: string;
}

/** What no answer may hold: code, paths, drivers, names only the schema knows. */
const INTERNAL =
  /node_modules|\.ts:\d|\.js:\d|\n {2,}at |\\n {2,}at |ECONNREFUSED|hunter2|mongodb|TypeError|RangeError|ReferenceError|undefined|\[object|Did you mean|secretPlans|secretEvents|HIDDENVALUE/;

/** Faults in what was said, whatever else it should be. */
export function leaks(seen: Seen): string[] {
  const found = INTERNAL.exec(seen.text);
  return found ? [`the answer shows "${found[0]}": ${seen.text.slice(0, 200)}`] : [];
}

export function expectSeen(what: string, seen: Seen, expected: Partial<Omit<Seen, 'text'>>): string[] {
  const wrong = (Object.keys(expected) as (keyof typeof expected)[]).filter((name) => seen[name] !== expected[name]);
  return [
    ...wrong.map(
      (name) =>
        `${what}: ${name} is ${JSON.stringify(seen[name])}, not ${JSON.stringify(expected[name])}: ${seen.text.slice(0, 200)}`,
    ),
    ...leaks(seen).map((fault) => `${what}: ${fault}`),
  ];
}
