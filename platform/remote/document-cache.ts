import { type DocumentNode, parse } from 'graphql';

const LIMIT = 1000;

/**
 * Text to document: equal texts are one object, by which the subgraph remembers that it is valid and how to run it.
 * Callers are our own gateways, whose texts are few; the bound is for those with many.
 */
export class DocumentCache {
  private readonly documents = new Map<string, DocumentNode>();

  constructor(private readonly limit = LIMIT) {}

  /** Throws GraphQL's own syntax error. */
  get(text: string): DocumentNode {
    const known = this.documents.get(text);
    if (known) return known;
    const document = parse(text, { noLocation: true });
    if (this.documents.size >= this.limit) {
      const [oldest] = this.documents.keys();
      if (oldest !== undefined) this.documents.delete(oldest);
    }
    this.documents.set(text, document);
    return document;
  }
}
