// Node has these on every Buffer; its types leave them out. They are the quickest way between bytes and text.
declare global {
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    utf8Slice(start: number, end: number): string;
    utf8Write(text: string, offset: number): number;
  }
}

export {};
