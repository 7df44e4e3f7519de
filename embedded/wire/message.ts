import { type Doc, decodeDocument } from '../document/decode';
import { encodeDocument } from '../document/encode';

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits 0 to 15 must be understood; only these two are defined. */
const UNKNOWN_REQUIRED_FLAGS = 0xfffc;

export const HEADER_BYTES = 16;
export const MAX_MESSAGE_BYTES = 48_000_000;

export class MalformedMessageError extends Error {}

/** A command as it came in. */
export interface Request {
  readonly requestId: number;
  /** The command document; the items of `documents` are left as BSON (see decodeDocument). */
  readonly body: Doc;
  /** The client does not wait for an answer. */
  readonly unanswered: boolean;
  readonly legacy: boolean;
}

export function parseRequest(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === OP_MSG) return parseMsg(message, requestId);
  if (opCode === OP_QUERY) return parseQuery(message, requestId);
  throw new MalformedMessageError(`unsupported operation code ${opCode}`);
}

function parseMsg(message: Buffer, requestId: number): Request {
  const flags = message.readUInt32LE(HEADER_BYTES);
  if (flags & UNKNOWN_REQUIRED_FLAGS) throw new MalformedMessageError('unknown required flag');
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let at = HEADER_BYTES + 4;
  let body: Doc | undefined;
  const sequences: [name: string, documents: unknown[]][] = [];
  while (at < end) {
    const kind = message[at++];
    const size = message.readInt32LE(at);
    if (size < 5 || at + size > end) throw new MalformedMessageError('invalid section size');
    if (kind === 0) body = decodeDocument(message.subarray(0, at + size), at, 'documents');
    else if (kind === 1) sequences.push(parseSequence(message, at, at + size));
    else throw new MalformedMessageError(`unknown section kind ${kind}`);
    at += size;
  }
  if (body === undefined) throw new MalformedMessageError('message without a body');
  for (const [name, documents] of sequences) body[name] = documents;
  return { requestId, body, unanswered: (flags & MORE_TO_COME) !== 0, legacy: false };
}

function parseSequence(message: Buffer, start: number, end: number): [string, unknown[]] {
  const nameEnd = message.indexOf(0, start + 4);
  if (nameEnd < 0 || nameEnd >= end) throw new MalformedMessageError('sequence without a name');
  const name = message.toString('utf8', start + 4, nameEnd);
  const documents: unknown[] = [];
  let at = nameEnd + 1;
  while (at < end) {
    const size = message.readInt32LE(at);
    if (size < 5 || at + size > end) throw new MalformedMessageError('invalid document size in a sequence');
    const raw = message.subarray(at, at + size);
    documents.push(name === 'documents' ? raw : decodeDocument(raw));
    at += size;
  }
  return [name, documents];
}

/** Only the first message of a connection comes this way, and it is always a handshake. */
function parseQuery(message: Buffer, requestId: number): Request {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  const collection = message.toString('utf8', HEADER_BYTES + 4, nameEnd);
  if (nameEnd < 0 || !collection.endsWith('.$cmd')) throw new MalformedMessageError('legacy queries are not supported');
  const body = decodeDocument(message, nameEnd + 1 + 8);
  body['$db'] ??= collection.slice(0, -'.$cmd'.length);
  return { requestId, body, unanswered: false, legacy: true };
}

let lastRequestId = 0;

export function buildReply(request: Request, reply: Doc): Buffer {
  const body = encodeDocument(reply);
  const fixed = request.legacy ? 20 : 5;
  const head = Buffer.alloc(HEADER_BYTES + fixed);
  lastRequestId = (lastRequestId + 1) & 0x7fffffff;
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(lastRequestId, 4);
  head.writeInt32LE(request.requestId, 8);
  head.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  // OP_REPLY: flags, cursor id, starting from, number returned. OP_MSG: flags, then section kind 0.
  if (request.legacy) {
    head.writeInt32LE(8, HEADER_BYTES);
    head.writeInt32LE(1, HEADER_BYTES + 16);
  }
  return Buffer.concat([head, body]);
}
