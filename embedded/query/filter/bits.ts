import type { Binary } from 'bson';
import { badValue, failedToParse } from '../errors';
import { binaryBytes } from '../value/compare';
import { formatElement } from '../value/format';
import { Kind, kindOf } from '../value/kind';
import { asInteger, fitsLong, numericType, toBigInt, toNumber } from '../value/numeric';
import { type Condition, leaf } from './condition';

export type BitOperator = '$bitsAllSet' | '$bitsAllClear' | '$bitsAnySet' | '$bitsAnyClear';

/** Tests bit positions of whole numbers (two's complement, sign extended) and binary values (little-endian). */
export function bitsCondition(operator: BitOperator, operand: unknown): Condition {
  const positions = positionsOf(operator, operand);
  const wanted = operator.endsWith('Set');
  const any = operator.startsWith('$bitsAny');
  return leaf((value) => {
    const bitAt = bitReader(value);
    if (bitAt === null) return false;
    const matches = (position: number): boolean => bitAt(position) === wanted;
    return any ? positions.some(matches) : positions.every(matches);
  });
}

function bitReader(value: unknown): ((position: number) => boolean) | null {
  if (kindOf(value) === Kind.Binary) {
    const bytes = binaryBytes(value as Binary | Uint8Array);
    return (position) => (((bytes[position >> 3] ?? 0) >> (position & 7)) & 1) === 1;
  }
  const whole = wholeNumber(value);
  if (whole === null) return null;
  return (position) => ((whole >> BigInt(Math.min(position, 63))) & 1n) === 1n;
}

function wholeNumber(value: unknown): bigint | null {
  const type = numericType(value);
  if (type === 0) return null;
  if (type <= 2) return toBigInt(value);
  const number = toNumber(value);
  if (!Number.isInteger(number)) return null;
  const whole = BigInt(number);
  return fitsLong(whole) ? whole : null;
}

function positionsOf(operator: BitOperator, operand: unknown): number[] {
  if (Array.isArray(operand)) {
    return operand.map((entry, at) => {
      const position = asInteger(entry);
      if (position === null)
        throw badValue(`Failed to parse bit position. Expected a number in: ${formatElement(String(at), entry)}`);
      if (position < 0)
        throw badValue(
          `Failed to parse bit position. Expected a non-negative number in: ${formatElement(String(at), entry)}`,
        );
      return position;
    });
  }
  if (kindOf(operand) === Kind.Binary) {
    const length = binaryBytes(operand as Binary | Uint8Array).length * 8;
    const bitAt = bitReader(operand);
    return Array.from({ length }, (_, position) => position).filter((position) => bitAt?.(position));
  }
  const mask = asInteger(operand);
  if (numericType(operand) === 0) {
    throw badValue(
      `${operator} takes an Array, a number, or a BinData but received: ${formatElement(operator, operand)}`,
    );
  }
  if (mask === null) throw failedToParse(`Expected an integer: ${formatElement(operator, operand)}`);
  if (mask < 0) throw failedToParse(`Expected a non-negative number in: ${formatElement(operator, operand)}`);
  const bits = wholeNumber(operand) ?? 0n;
  return Array.from({ length: 64 }, (_, position) => position).filter((position) => (bits >> BigInt(position)) & 1n);
}
