import { type AbuseCase, expectSeen } from './abuse-case';
import { BODY_CASES } from './body-cases';
import { post } from './doors';
import { ECHO } from './http-case';
import { WIRE_CASES } from './wire-cases';

export const HTTP_CASES: readonly AbuseCase[] = [...BODY_CASES, ...WIRE_CASES].map(({ id, title, slow, attempts }) => ({
  id: `http-${id}`,
  title,
  ...(slow ? { slow } : {}),
  async run(url) {
    const faults: string[] = [];
    for (const [what, attempt, expected] of attempts) {
      const seen = await attempt(url);
      faults.push(...expectSeen(what, seen, expected));
      if (seen.status >= 500) faults.push(`${what}: status ${seen.status}`);
    }
    if (!(await post(url, ECHO)).accepted) faults.push('afterwards: the next caller is not served');
    if (({} as Record<string, unknown>)['polluted'] !== undefined) faults.push('every object has a new property');
    return faults;
  },
}));
