import { Int32 } from 'bson';
import { locationError } from '../errors';
import { fieldsOf, isNullish, isObject, isRegex, Kind, kindOf, textOf } from '../value/kind';
import { compileRegex, regexParts } from '../value/regex';
import { typeName } from '../value/type-name';
import type { Env, Evaluate, OperatorCompiler, OperatorTable } from './scope';

/** `$regexMatch`, `$regexFind`, `$regexFindAll`. */

interface Search {
  readonly input: string | null;
  readonly regex: RegExp | null;
}

function compileSearch(
  argument: unknown,
  compile: (expression: unknown) => Evaluate,
  name: string,
): (env: Env) => Search {
  if (!isObject(argument))
    throw locationError(51103, `${name} expects an object of named arguments but found: ${typeName(argument)}`);
  const fields = fieldsOf(argument);
  const unknown = Object.keys(fields).find((key) => !['input', 'regex', 'options'].includes(key));
  if (unknown !== undefined) throw locationError(31024, `${name} found an unknown argument: ${unknown}`);
  if (!('input' in fields)) throw locationError(31022, `${name} requires 'input' parameter`);
  if (!('regex' in fields)) throw locationError(31023, `${name} requires 'regex' parameter`);
  const [input, pattern, options] = [
    compile(fields['input']),
    compile(fields['regex']),
    compile(fields['options'] ?? null),
  ];
  return (env) => {
    const text = input(env);
    if (!isNullish(text) && kindOf(text) !== Kind.String) {
      throw locationError(51104, `${name} needs 'input' to be of type string`);
    }
    return { input: isNullish(text) ? null : textOf(text), regex: regexOf(pattern(env), options(env), name) };
  };
}

function regexOf(pattern: unknown, options: unknown, name: string): RegExp | null {
  if (isNullish(pattern)) return null;
  if (!isNullish(options) && typeof options !== 'string')
    throw locationError(51106, `${name} needs 'options' to be of type string`);
  const parts = isRegex(pattern) ? regexParts(pattern) : null;
  if (parts === null && typeof pattern !== 'string') {
    throw locationError(51105, `${name} needs 'regex' to be of type string or regex`);
  }
  if (parts !== null && parts.options !== '' && !isNullish(options)) {
    throw locationError(51107, `${name}: found regex option(s) specified in both 'regex' and 'option' fields`);
  }
  return compileRegex(parts?.pattern ?? String(pattern), isNullish(options) ? (parts?.options ?? '') : String(options));
}

function found(match: RegExpExecArray): unknown {
  return {
    match: match[0],
    idx: new Int32([...match.input.slice(0, match.index)].length),
    captures: match.slice(1).map((capture) => capture ?? null),
  };
}

function searching(find: (input: string, regex: RegExp) => unknown, whenNull: unknown): OperatorCompiler {
  return (argument, scope, name) => {
    const search = compileSearch(argument, (part) => scope.compile(part), name);
    return (env) => {
      const { input, regex } = search(env);
      return input === null || regex === null ? whenNull : find(input, regex);
    };
  };
}

function findFirst(input: string, regex: RegExp): unknown {
  const match = regex.exec(input);
  return match === null ? null : found(match);
}

function findAll(input: string, regex: RegExp): unknown[] {
  return Array.from(input.matchAll(new RegExp(regex.source, `${regex.flags}g`)), found);
}

export const REGEX_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$regexMatch', searching((input, regex) => regex.test(input), false)],
  ['$regexFind', searching(findFirst, null)],
  ['$regexFindAll', searching(findAll, [])],
]);
