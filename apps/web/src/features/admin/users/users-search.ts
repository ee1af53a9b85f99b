import { z } from 'zod';

const MAX_SEARCH_LENGTH = 50;

/** What the address says about the list of users. */
export const usersSearchSchema = z.object({
  /** How the names begin. */
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
});
export type UsersSearch = z.infer<typeof usersSearchSchema>;

const USERNAME_LETTERS = /^\w*$/;

/** What is wrong with the beginning of a username; undefined when names may begin like that. */
export function complaintAboutBeginning(typed: string): string | undefined {
  return USERNAME_LETTERS.test(typed) ? undefined : 'Usernames have letters, digits and underscores.';
}
