import { z } from 'zod';

/** What a process says about itself and what it depends on. */
export const healthSchema = z.object({
  status: z.enum(['healthy', 'unhealthy', 'draining']),
  service: z.string(),
  version: z.string(),
  /** Seconds since it started. */
  uptime: z.number(),
  timestamp: z.string(),
  checks: z.record(z.string(), z.enum(['up', 'down'])),
});
export type Health = z.infer<typeof healthSchema>;
