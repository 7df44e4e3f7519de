/** A style sheet, minified, as text. */
declare module '*.css' {
  export const css: string;
}
