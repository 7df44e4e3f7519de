import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, parse, validate } from 'graphql';

/** Every example in the documentation is valid for the public schema: what is pasted, works. */
const ROOT = path.join(__dirname, '..');
const schema = buildSchema(readFileSync(path.join(ROOT, 'schema', 'public.graphql'), 'utf8'));
const files = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(ROOT, 'docs', 'guides')).map((name) => path.join('docs', 'guides', name)),
];

const examples = files.flatMap((file) =>
  [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/```graphql\n([\s\S]*?)```/g)].map(
    ([, text = ''], index) => [`${file} #${index + 1}`, text] as const,
  ),
);

describe('the examples of the documentation', () => {
  it('should be there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(8);
  });

  it.each(examples)('should be valid: %s', (_name, text) => {
    expect(validate(schema, parse(text)).map((error) => error.message)).toEqual([]);
  });

  it('should name only files that exist', () => {
    for (const file of files) {
      const folder = path.dirname(path.join(ROOT, file));
      const links = [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)];
      for (const [, target = ''] of links) {
        expect(() => readFileSync(path.join(folder, target))).not.toThrow();
      }
    }
  });
});
