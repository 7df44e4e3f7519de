import { decimal, double, int, long } from '../testing/values';
import type { Doc } from '../types';
import { compileFilter } from './filter';

describe('$jsonSchema', () => {
  it.each<[Doc, Doc, boolean]>([
    [{ required: ['a'] }, { a: null }, true],
    [{ required: ['a'] }, {}, false],
    [{ properties: { a: { bsonType: 'int' } } }, { a: int(1) }, true],
    [{ properties: { a: { bsonType: 'int' } } }, { a: 'x' }, false],
    [{ properties: { a: { bsonType: 'int' } } }, {}, true],
    [{ properties: { a: { bsonType: ['int', 'string'] } } }, { a: 'x' }, true],
    [{ properties: { a: { bsonType: 'number' } } }, { a: decimal('1') }, true],
    [{ properties: { a: { type: 'number' } } }, { a: long(1) }, true],
    [{ properties: { a: { type: 'boolean' } } }, { a: int(0) }, false],
    [{ properties: { a: { minimum: int(3) } } }, { a: double(3) }, true],
    [{ properties: { a: { minimum: int(3), exclusiveMinimum: true } } }, { a: double(3) }, false],
    [{ properties: { a: { maximum: decimal('2.5') } } }, { a: double(2.6) }, false],
    [{ properties: { a: { minimum: int(3) } } }, { a: 'text' }, true],
    [{ properties: { a: { multipleOf: int(3) } } }, { a: long(9) }, true],
    [{ properties: { a: { multipleOf: decimal('0.1') } } }, { a: decimal('0.3') }, true],
    [{ properties: { a: { multipleOf: double(0.5) } } }, { a: double(0.75) }, false],
    [{ properties: { a: { minLength: int(2) } } }, { a: 'é' }, false],
    [{ properties: { a: { maxLength: int(1) } } }, { a: '\u{1f600}' }, true],
    [{ properties: { a: { pattern: '^x' } } }, { a: 'ax' }, false],
    [{ properties: { a: { enum: [int(1), 'b'] } } }, { a: double(1) }, true],
    [{ properties: { a: { enum: [int(1), 'b'] } } }, { a: 'c' }, false],
    [{ properties: { a: { items: { bsonType: 'string' } } } }, { a: ['x', 'y'] }, true],
    [{ properties: { a: { items: { bsonType: 'string' } } } }, { a: ['x', int(1)] }, false],
    [{ properties: { a: { items: [{ type: 'string' }], additionalItems: false } } }, { a: ['x', 'y'] }, false],
    [{ properties: { a: { minItems: int(1), maxItems: int(2) } } }, { a: [] }, false],
    [{ properties: { a: { uniqueItems: true } } }, { a: [int(1), double(1)] }, false],
    [{ properties: { a: { properties: { b: { bsonType: 'int' } }, required: ['b'] } } }, { a: { b: 'x' } }, false],
    [{ additionalProperties: false, properties: { a: {} } }, { a: 1, b: 2 }, false],
    [{ additionalProperties: { type: 'string' }, properties: { a: {} } }, { a: int(1), b: 'x' }, true],
    [{ patternProperties: { '^n': { type: 'number' } } }, { name: 'x' }, false],
    [{ patternProperties: { '^n': {} }, additionalProperties: false }, { n1: 'x', m: 1 }, false],
    [{ minProperties: int(2) }, { a: 1 }, false],
    [{ maxProperties: int(1) }, { a: 1 }, true],
    [{ dependencies: { a: ['b'] } }, { a: 1 }, false],
    [{ dependencies: { a: { required: ['c'] } } }, { a: 1, c: 1 }, true],
    [{ allOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1 }, false],
    [{ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, { b: 1 }, true],
    [{ oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1, b: 1 }, false],
    [{ not: { required: ['a'] } }, { a: 1 }, false],
    [{ title: 't', description: 'd' }, {}, true],
  ])('should test %j against %p: %p', (schema, doc, valid) => {
    expect(compileFilter({ $jsonSchema: schema })(doc)).toBe(valid);
  });

  it.each<[unknown, number]>([
    [{ unknownWord: 1 }, 9],
    [int(1), 14],
    [{ required: [] }, 14],
    [{ properties: { a: { type: 'integer' } } }, 9],
    [{ properties: { a: { minLength: int(-1) } } }, 9],
  ])('should refuse %j with code %d', (schema, code) => {
    expect(() => compileFilter({ $jsonSchema: schema })).toThrow(expect.objectContaining({ code }));
  });
});
