import type { AttributeValue as StoredValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '../table-store.ts';

// The conversion of the SDK would also accept floats, dates and sets, and return floats for long numbers. This one
// accepts and returns only values of the port.

/** Converts a value into the form of DynamoDB. */
export function toStoredValue(value: AttributeValue): StoredValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (isList(value)) return { L: value.map(toStoredValue) };
  return { M: Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toStoredValue(part)])) };
}

/**
 * Converts a value from the form of DynamoDB.
 * @throws Error for a value that this store does not write
 */
export function fromStoredValue(stored: StoredValue): AttributeValue {
  if (stored.S !== undefined) return stored.S;
  if (stored.N !== undefined) return smallInteger(stored.N);
  if (stored.BOOL !== undefined) return stored.BOOL;
  if (stored.NULL !== undefined) return null;
  if (stored.L !== undefined) return stored.L.map(fromStoredValue);
  if (stored.M !== undefined) {
    return Object.fromEntries(Object.entries(stored.M).map(([name, part]) => [name, fromStoredValue(part)]));
  }
  throw new Error('an attribute of a kind that this store does not write');
}

/** Parses a number; a number of another writer may be too long, which must not be rounded silently. */
function smallInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`the number ${text} is not a small integer`);
  return number;
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
