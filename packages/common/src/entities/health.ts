import { z } from 'zod';

/** The state of a process and of its dependencies. */
export const healthSchema = z.object({
  status: z.enum(['healthy', 'unhealthy', 'draining']),
  service: z.string(),
  version: z.string(),
  /** Seconds since the start. */
  uptime: z.number(),
  timestamp: z.string(),
  checks: z.record(z.string(), z.enum(['up', 'down'])),
});
export type Health = z.infer<typeof healthSchema>;
