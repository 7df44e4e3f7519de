import { ConnectionCounts, type Crowded, type Seat } from './connection-limits';

describe('the number of connections', () => {
  const seat = (answer: Seat | Crowded): Seat => {
    if (typeof answer === 'string') throw new Error(`refused: ${answer}`);
    return answer;
  };

  it('should be bounded for the process and for each address, and free again when one leaves', () => {
    const counts = new ConnectionCounts({ connections: 3, connectionsPerAddress: 2, connectionsPerKey: 9 });
    const first = seat(counts.enter('10.0.0.1'));
    seat(counts.enter('10.0.0.1'));
    expect(counts.enter('10.0.0.1')).toBe('ADDRESS');
    // The same machine, written as IPv6.
    expect(counts.enter('::ffff:10.0.0.1')).toBe('ADDRESS');
    seat(counts.enter('10.0.0.2'));
    expect(counts.enter('10.0.0.3')).toBe('PROCESS');
    first.leave();
    first.leave();
    seat(counts.enter('10.0.0.3'));
    expect(counts.enter('10.0.0.4')).toBe('PROCESS');
  });

  it('should be bounded for each key', () => {
    const counts = new ConnectionCounts({ connections: 9, connectionsPerAddress: 9, connectionsPerKey: 1 });
    const [one, two] = [seat(counts.enter('a')), seat(counts.enter('a'))];
    expect([one.claimKey('k'), two.claimKey('k'), two.claimKey('other')]).toEqual([true, false, true]);
    one.leave();
    expect(seat(counts.enter('a')).claimKey('k')).toBe(true);
  });
});
