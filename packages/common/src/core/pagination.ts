import { UnreadableRequestError } from '@cnop/exception/errors';
import { fieldErrorOf } from '@cnop/exception/problem-error';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;
/** The largest offset. Beyond it clients use a cursor, since skipped items have to be read. */
export const MAX_OFFSET = 1_000;
const MAX_CURSOR_LENGTH = 1_024;

/** The key of the last item of a page; the next page starts after it. */
export type Position = Readonly<Record<string, string>>;

/** A request for one page of a list. */
export interface PageRequest {
  /** The most items of the page. */
  readonly limit: number;
  /** Items to skip. */
  readonly offset: number;
  /** The position of the last item of the page before; undefined for the first page. */
  readonly after: Position | undefined;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The start of the next page; undefined at the end. */
  readonly next: Position | undefined;
}

/**
 * Returns one page of rows that are in memory.
 * @param rows in the order of their keys
 */
export function pageOfRows<Row extends { readonly key: string }>(
  rows: readonly Row[],
  { limit, offset, after }: PageRequest,
): Page<Row> {
  const last = after?.['key'];
  const first = last === undefined ? offset : rows.findIndex(({ key }) => key > last);
  const items = first === -1 ? [] : rows.slice(first, first + limit);
  const end = items.at(-1);
  const hasMore = end !== undefined && end !== rows.at(-1);
  return { items, next: hasMore ? { key: end.key } : undefined };
}

/** The limits of `collectPages`: items of a page, items in all and pages in all. */
export interface CollectionLimits {
  readonly pageSize: number;
  readonly maxItems: number;
  readonly maxPages: number;
}

/**
 * Collects a list page by page.
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
 * Encodes a position as an opaque cursor.
 * @param filter everything that selects the list: a cursor is valid for its filter only
 */
export function encodeCursor(position: Position, filter: string): string {
  return toBase64Url(JSON.stringify({ f: filter, p: position }));
}

/**
 * Decodes a cursor of a client.
 * @throws UnreadableRequestError (400) when it is malformed or belongs to another filter
 */
export function decodeCursor(cursor: string, filter: string): Position {
  const content = cursor.length <= MAX_CURSOR_LENGTH ? parseObject(cursor) : undefined;
  if (!content || !isPosition(content['p'])) throw unreadableCursor();
  if (content['f'] !== filter) throw unreadableCursor('The cursor belongs to another filter.');
  return content['p'];
}

/** Creates the error for a cursor that is malformed or has no place in its list. */
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
