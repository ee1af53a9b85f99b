import { UnreadableRequestError } from '@cnop/exception/errors';
import { fieldErrorOf } from '@cnop/exception/problem-error';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;
/** Older clients page by offset; beyond this a cursor must be used, since skipped items are still read. */
export const MAX_OFFSET = 1_000;
const MAX_CURSOR_LENGTH = 1_024;

/** The key of the last item that a page showed; the next page starts behind it. */
export type Position = Readonly<Record<string, string>>;

export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
  readonly after: Position | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts, absent at the end. */
  readonly next: Position | undefined;
}

/** How much one collection may read: items that it takes, and pages that it looks at for them. */
export interface CollectionLimits {
  readonly pageSize: number;
  readonly maxItems: number;
  readonly maxPages: number;
}

/**
 * Reads a list to its end.
 * @returns undefined when the list is longer than the limits allow
 */
export async function collectPages<T>(
  read: (request: PageRequest) => Promise<Page<T>>,
  { pageSize, maxItems, maxPages }: CollectionLimits,
): Promise<readonly T[] | undefined> {
  const items: T[] = [];
  let after: Position | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const page = await read({ limit: pageSize, offset: 0, after });
    items.push(...page.items);
    if (items.length > maxItems) return undefined;
    if (!page.next) return items;
    after = page.next;
  }
  return undefined;
}

/**
 * Packs a position into the opaque text that clients send back.
 * @param filter everything that shaped the list: the cursor is worth nothing with another filter
 */
export function encodeCursor(position: Position, filter: string): string {
  return toBase64Url(JSON.stringify({ f: filter, p: position }));
}

/**
 * Unpacks a cursor that a client sent.
 * @throws UnreadableRequestError (400) when it is not ours or belongs to another filter
 */
export function decodeCursor(cursor: string, filter: string): Position {
  const content = cursor.length <= MAX_CURSOR_LENGTH ? parseObject(cursor) : undefined;
  if (!content || !isPosition(content['p'])) throw unreadableCursor();
  if (content['f'] !== filter) throw unreadableCursor('The cursor belongs to another filter.');
  return content['p'];
}

/** The error for a cursor whose position leads nowhere in its list. */
export function unreadableCursor(message = 'The cursor is not valid.'): UnreadableRequestError {
  return new UnreadableRequestError(message, {
    errors: [fieldErrorOf('parameter', ['cursor'], { message, code: 'invalid_cursor' })],
  });
}

function parseObject(cursor: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(fromBase64Url(cursor));
    return typeof content === 'object' && content !== null ? { ...content } : undefined;
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): value is Position {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((part) => typeof part === 'string')
  );
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCodePoint(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(
    Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0),
  );
}
