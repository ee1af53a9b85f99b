import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Page, PageRequest, Position } from '../core/pagination.ts';
import {
  DEFAULT_PAGE_SIZE,
  decodeCursor,
  encodeCursor,
  MAX_OFFSET,
  MAX_PAGE_SIZE,
} from '../core/pagination.ts';

/** The bounds, both inclusive, and the default of a whole number in a query string. */
export interface QueryIntegerRules {
  readonly min: number;
  readonly max: number;
  /** The value of an absent parameter. */
  readonly fallback: number;
}

/** Returns the schema of a whole number in a query string. The API documents it as an integer. */
export function queryInteger({ min, max, fallback }: QueryIntegerRules) {
  return (
    z
      .custom<string>((input) => typeof input === 'string' && /^\d{1,9}$/.test(input), {
        error: 'Give a whole number.',
        abort: true,
      })
      // The generator omits the default of a schema that transforms its input.
      .meta({ type: 'integer', minimum: min, maximum: max, default: fallback })
      .transform(Number)
      .pipe(z.int().min(min).max(max))
      .default(fallback)
  );
}

/**
 * Returns the schema of one or more members of an enumeration in a query string, as a repeated parameter or as one
 * parameter with commas. The parsed list is sorted and has no duplicates.
 */
export function queryListOf<Member extends string>(member: z.ZodEnum<Record<Member, Member>>) {
  return z
    .custom<string | string[]>((input) => typeof input === 'string' || Array.isArray(input))
    .meta({ type: 'array', items: { type: 'string', enum: member.options } })
    .transform((input) => [input].flat().flatMap((text) => String(text).split(',')))
    .pipe(z.array(member).max(member.options.length))
    .transform((members) => [...new Set(members)].toSorted());
}

/** `true` or `false` in a query string. */
export const queryBooleanSchema = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The query parameters of every paged list. */
export const pageQuerySchema = z.strictObject({
  limit: queryInteger({ min: 1, max: MAX_PAGE_SIZE, fallback: DEFAULT_PAGE_SIZE }),
  /** For older clients; newer ones use the cursor. */
  offset: queryInteger({ min: 0, max: MAX_OFFSET, fallback: 0 }),
  cursor: z.string().min(1).optional(),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** A page query; lists that use only cursors have no offset. */
type ListQuery = Omit<PageQuery, 'offset'> & Partial<Pick<PageQuery, 'offset'>>;

/**
 * Converts a page query into the request for one page.
 * @param filter everything else that defines the list, such as the user and the filters of the query
 * @throws UnreadableRequestError (400) when the cursor is invalid or belongs to another filter
 */
export function pageRequestOf({ limit, offset = 0, cursor }: ListQuery, filter: unknown): PageRequest {
  if (cursor === undefined) return { limit, offset, after: undefined };
  return { limit, offset: 0, after: decodeCursor(cursor, digestOf(filter)) };
}

/** Returns the paging members of a list response. */
export function pageMembers(
  page: Page<unknown>,
  filter: unknown,
): { has_more: boolean; next_cursor: string | null } {
  return { has_more: page.next !== undefined, next_cursor: cursorOf(page.next, filter) };
}

function cursorOf(next: Position | undefined, filter: unknown): string | null {
  return next === undefined ? null : encodeCursor(next, digestOf(filter));
}

/** Returns a short hash that binds a cursor to its filter. */
function digestOf(filter: unknown): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url');
}
