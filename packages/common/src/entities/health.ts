import { z } from 'zod';

const partStatesSchema = z.record(z.string(), z.enum(['up', 'down']));

/** The state of a process and of the parts that it depends on. */
export const healthSchema = z.object({
  /** `degraded`: the process is ready, but a part of `details` is down. */
  status: z.enum(['healthy', 'degraded', 'unhealthy', 'draining']),
  service: z.string(),
  version: z.string(),
  /** Seconds since the start. */
  uptime: z.number(),
  timestamp: z.string(),
  /** The parts without which the process is not ready. */
  checks: partStatesSchema,
  /** The parts without which the process still works. */
  details: partStatesSchema.optional(),
  /** The states of the instances of other services, as a gateway sees them. */
  instances: z.record(z.string(), z.array(z.enum(['ready', 'not_ready', 'ejected']))).optional(),
  /** Why a part is down, where that is known. */
  reasons: z.record(z.string(), z.string()).optional(),
});
export type Health = z.infer<typeof healthSchema>;
