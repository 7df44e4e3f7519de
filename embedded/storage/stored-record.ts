import { type Doc, decodeDocument } from '../document/decode';
import type { RecordId } from './keyspace';

/** A stored document with its place; decoded when first looked into, so that what is only passed on stays bytes. */
export class StoredRecord {
  private decoded: Doc | undefined;

  constructor(
    readonly record: RecordId,
    readonly raw: Buffer,
  ) {}

  get doc(): Doc {
    this.decoded ??= decodeDocument(this.raw);
    return this.decoded;
  }
}
