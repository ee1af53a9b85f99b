import { z } from 'zod';

const MAX_SEARCH_LENGTH = 50;

/** What the address says about the list of users. */
export const usersSearchSchema = z.object({
  /** How the names begin. */
  q: z.string().max(MAX_SEARCH_LENGTH).optional().catch(undefined),
});
export type UsersSearch = z.infer<typeof usersSearchSchema>;
