import { createLog, errorFields, type LogFields } from './log';

function lines(): { written: Record<string, unknown>[]; log: ReturnType<typeof createLog> } {
  const written: Record<string, unknown>[] = [];
  const log = createLog('info', { write: (line: string) => void written.push(JSON.parse(line)) });
  return { written, log };
}

describe('the log', () => {
  it('should write what the list allows, with the sentence', () => {
    const { written, log } = lines();
    log.child({ part: 'gateway' }).warn({ requestId: 'req_1', ms: 12 }, 'Slow.');
    expect(written).toEqual([
      { level: 40, time: expect.any(String), part: 'gateway', requestId: 'req_1', ms: 12, msg: 'Slow.' },
    ]);
  });

  it('should leave out every field that is not in the list, also of a child', () => {
    const { written, log } = lines();
    const smuggled = { requestId: 'req_1', phone: '+852 5555', headers: { authorization: 'x' } } as LogFields;
    log.child(smuggled).info(smuggled, 'Asked.');
    expect(Object.keys(written[0] ?? {}).sort()).toEqual(['level', 'msg', 'requestId', 'time']);
  });

  it('should say of a failure its class, message and stack, and nothing it carries', () => {
    const { written, log } = lines();
    const failure = Object.assign(new TypeError('broken'), { config: { password: 'secret' } });
    log.error(errorFields(failure), 'Failed.');
    expect(written[0]?.['error']).toEqual({ name: 'TypeError', message: 'broken', stack: failure.stack });
  });

  it('should stay silent below its level', () => {
    const { written, log } = lines();
    log.debug({ count: 1 }, 'Detail.');
    expect(written).toEqual([]);
  });
});
