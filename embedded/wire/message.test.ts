import { deserialize, Int32 } from 'bson';
import { encodeDocument } from '../document/encode';
import { buildReply, MalformedMessageError, parseRequest } from './message';

function message(opCode: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(77, 4);
  head.writeInt32LE(opCode, 12);
  return Buffer.concat([head, body]);
}

function flags(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function sequence(name: string, docs: readonly Buffer[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...docs]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(content.length + 4);
  return Buffer.concat([Buffer.from([1]), size, content]);
}

const body = (doc: Record<string, unknown>) => Buffer.concat([Buffer.from([0]), encodeDocument(doc)]);

describe('wire messages', () => {
  it('should put document sequences into the command, documents to insert as BSON', () => {
    const docs = [encodeDocument({ a: 1 }), encodeDocument({ a: 2 })];
    const insert = parseRequest(
      message(2013, Buffer.concat([flags(0), body({ insert: 'c', $db: 't' }), sequence('documents', docs)])),
    );
    expect(insert.body['insert']).toBe('c');
    expect((insert.body['documents'] as Buffer[]).map((raw) => deserialize(raw))).toEqual([{ a: 1 }, { a: 2 }]);
    const update = parseRequest(
      message(
        2013,
        Buffer.concat([flags(0), sequence('updates', [encodeDocument({ q: {} })]), body({ update: 'c', $db: 't' })]),
      ),
    );
    expect(update.body['updates']).toEqual([{ q: {} }]);
  });

  it('should leave out a checksum and see who wants no answer', () => {
    const request = parseRequest(
      message(2013, Buffer.concat([flags(1 | 2), body({ ping: 1, $db: 't' }), Buffer.from([1, 2, 3, 4])])),
    );
    expect(request.body).toEqual({ ping: new Int32(1), $db: 't' });
    expect(request.unanswered).toBe(true);
  });

  it('should read the handshake of the old protocol and answer in it', () => {
    const query = Buffer.concat([
      flags(0),
      Buffer.from('admin.$cmd\0'),
      flags(0),
      flags(0xffffffff),
      encodeDocument({ ismaster: 1 }),
    ]);
    const request = parseRequest(message(2004, query));
    expect(request.body).toEqual({ ismaster: new Int32(1), $db: 'admin' });
    const reply = buildReply(request, { ok: 1 });
    expect(reply.readInt32LE(0)).toBe(reply.length);
    expect(reply.readInt32LE(8)).toBe(77);
    expect(reply.readInt32LE(12)).toBe(1);
    expect(reply.readInt32LE(32)).toBe(1);
    expect(deserialize(reply.subarray(36))).toEqual({ ok: 1 });
  });

  it.each([
    ['an unknown operation', message(2012, Buffer.alloc(20))],
    ['an unknown required flag', message(2013, Buffer.concat([flags(4), body({ ping: 1 })]))],
    ['no body', message(2013, Buffer.concat([flags(0), sequence('documents', [])]))],
    ['a section beyond the end', message(2013, Buffer.concat([flags(0), Buffer.from([0]), flags(1000)]))],
    ['an unknown section', message(2013, Buffer.concat([flags(0), Buffer.from([7]), encodeDocument({ a: 1 })]))],
    [
      'a legacy query',
      message(2004, Buffer.concat([flags(0), Buffer.from('t.users\0'), flags(0), flags(1), encodeDocument({})])),
    ],
  ])('should refuse %s', (_, bytes) => {
    expect(() => parseRequest(bytes)).toThrow(MalformedMessageError);
  });
});
