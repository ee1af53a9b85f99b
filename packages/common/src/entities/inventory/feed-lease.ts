import { z } from 'zod';
import { timestampSchema } from '../fields.ts';

/** Which of several processes makes the prices, and until when it may without asking again. */
export const feedLeaseSchema = z.object({
  holder: z.string().min(1),
  expires_at: timestampSchema,
  /** Greater than the `seq` of every quote that the holder can have given out: where the next holder begins. */
  next_seq: z.int().min(0).optional(),
});
export type FeedLease = z.infer<typeof feedLeaseSchema>;
