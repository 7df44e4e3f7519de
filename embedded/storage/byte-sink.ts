/** A growing buffer that key encoders append to; reused between keys, so `take` copies. */
export class ByteSink {
  bytes = Buffer.allocUnsafeSlow(4096);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeUInt32BE(value >>> 0, this.length);
  }

  utf8(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** Turns the order of everything appended since `from` around. */
  invert(from: number): void {
    for (let i = from; i < this.length; i++) this.bytes[i] = ~(this.bytes[i] as number) & 0xff;
  }

  take(from = 0): Buffer {
    return Buffer.from(this.bytes.subarray(from, this.length));
  }

  private reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + size));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
