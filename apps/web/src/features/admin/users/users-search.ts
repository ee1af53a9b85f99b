import { z } from 'zod';

const MAX_SEARCH_LENGTH = 50;

/** Search parameters of the list of users. */
export const usersSearchSchema = z.object({
  /** The beginning of the usernames. */
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
});
export type UsersSearch = z.infer<typeof usersSearchSchema>;

const USERNAME_LETTERS = /^\w*$/;

/** Returns the error of a typed prefix; `undefined` if a username may begin like that. */
export function usernamePrefixError(typed: string): string | undefined {
  return USERNAME_LETTERS.test(typed) ? undefined : 'Usernames have letters, digits and underscores.';
}
