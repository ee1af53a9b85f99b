import { isUtf8 } from 'node:buffer';
import { UnreadableRequestError } from '@cnop/exception/errors';
import { parse as parseLossless } from 'lossless-json';
import { JsonNumber } from '../entities/fields.ts';

const MAX_DEPTH = 20;
const MAX_KEYS = 200;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a request body strictly. Numbers keep their digits (`JsonNumber`).
 * @throws UnreadableRequestError (400) for invalid JSON, bytes that are not UTF-8, a repeated key, a key that could
 * change a prototype, nesting deeper than 20, or more than 200 keys
 */
export function readJsonBody(body: Buffer): unknown {
  // Decoding would silently replace invalid bytes.
  if (!isUtf8(body)) throw new UnreadableRequestError('The body is not UTF-8.');
  return parseJsonBody(body.toString());
}

function parseJsonBody(text: string): unknown {
  const shape = scanShape(text);
  if (shape.depth > MAX_DEPTH)
    throw new UnreadableRequestError(`The body is nested deeper than ${MAX_DEPTH}.`);
  if (shape.members > MAX_KEYS) throw new UnreadableRequestError(`The body has more than ${MAX_KEYS} keys.`);
  const value = shape.hasNumber ? parseKeepingDigits(text) : parseNative(text);
  // The text has one colon per member; the parsed value keeps only one of several members with the same name.
  if (countMembers(value) !== shape.members) throw new UnreadableRequestError('The body repeats a key.');
  return value;
}

/**
 * Parses a body without numbers. Most bodies have amounts as strings only, and the native parser is many times faster.
 */
function parseNative(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnreadableRequestError('The body is not valid JSON.', { cause });
  }
}

function parseKeepingDigits(text: string): unknown {
  try {
    return parseLossless(text, undefined, {
      parseNumber: (digits) => new JsonNumber(digits),
      onDuplicateKey: refuseKey,
    });
  } catch (cause) {
    if (cause instanceof UnreadableRequestError) throw cause;
    throw new UnreadableRequestError('The body is not valid JSON.', { cause });
  }
}

function refuseKey({ key }: { key: string }): never {
  throw new UnreadableRequestError(`The body repeats the key "${key.slice(0, 50)}".`);
}

interface Shape {
  readonly depth: number;
  /** The number of colons outside strings; in valid JSON, the number of object members. */
  readonly members: number;
  readonly hasNumber: boolean;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const MINUS = 45;
const DIGIT_ZERO = 48;
const DIGIT_NINE = 57;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);

/** Measures the text in one pass, before a recursive parser reads it. */
function scanShape(text: string): Shape {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let hasNumber = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === COLON) members++;
    else if (code === MINUS || (code >= DIGIT_ZERO && code <= DIGIT_NINE)) hasNumber = true;
    else if (OPENING.has(code)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(code)) depth--;
  }
  return { depth: deepest, members, hasNumber };
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + countMembers(element), 0);
  let count = 0;
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new UnreadableRequestError(`The key "${key}" is not allowed.`);
    count += 1 + countMembers(member);
  }
  return count;
}
