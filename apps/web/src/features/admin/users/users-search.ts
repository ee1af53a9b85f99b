import { emailSchema } from '@cnop/common/entities/user/email';
import { z } from 'zod';
import type { UserSearch } from '../../../api/admin/users.ts';

/** The longest e-mail address. */
export const MAX_SEARCH_LENGTH = 254;

/** Search parameters of the list of users. */
export const usersSearchSchema = z.object({
  /** The beginning of the usernames, or an e-mail address. */
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
});
export type UsersSearch = z.infer<typeof usersSearchSchema>;

const USERNAME_LETTERS = /^\w*$/;

export type SearchReading =
  | { readonly kind: 'bad'; readonly error: string }
  | { readonly kind: 'good'; readonly search: UserSearch };

/** Reads what staff typed: an e-mail address when it has an `@`, otherwise the beginning of a username. */
export function readUserSearch(typed: string): SearchReading {
  const text = typed.trim();
  if (text.includes('@')) {
    const email = emailSchema.safeParse(text);
    return email.success
      ? { kind: 'good', search: { email: email.data } }
      : { kind: 'bad', error: 'Enter the whole e-mail address.' };
  }
  if (USERNAME_LETTERS.test(text)) return { kind: 'good', search: { search: text.toLowerCase() } };
  return { kind: 'bad', error: 'Usernames have letters, digits and underscores.' };
}
