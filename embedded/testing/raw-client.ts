import { connect, type Socket } from 'node:net';
import { type Document, deserialize, serialize } from 'bson';

/** Sends commands exactly as given: a driver would put its own session and numbers in. */
export class RawClient {
  private received = Buffer.alloc(0);
  private readonly waiting: ((reply: Document) => void)[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => this.receive(chunk));
  }

  static connect(uri: string): Promise<RawClient> {
    const address = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(uri)?.[1] ?? '');
    return new Promise((resolve, reject) => {
      const socket = connect(
        address.startsWith('/') ? { path: address } : { host: '127.0.0.1', port: Number(address.split(':')[1]) },
      );
      socket.once('connect', () => resolve(new RawClient(socket)));
      socket.once('error', reject);
    });
  }

  /** The reply as it is, also when it tells of an error. */
  command(body: Document, flags = 0): Promise<Document> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.send(body, flags);
    });
  }

  send(body: Document, flags = 0): void {
    const command = serialize({ ...body, $db: body['$db'] ?? 'test' });
    const head = Buffer.alloc(21);
    head.writeInt32LE(head.length + command.length, 0);
    head.writeInt32LE(2013, 12);
    head.writeUInt32LE(flags, 16);
    this.socket.write(Buffer.concat([head, command]));
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.received.length >= 4 && this.received.length >= this.received.readInt32LE(0)) {
      const size = this.received.readInt32LE(0);
      const reply = deserialize(this.received.subarray(21, size));
      this.received = this.received.subarray(size);
      this.waiting.shift()?.(reply);
    }
  }
}
