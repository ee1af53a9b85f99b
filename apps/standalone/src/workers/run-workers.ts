import { shutdownDelaySecondsOf } from '@cnop/common/config/settings';
import { MILLISECONDS_PER_SECOND, systemClock } from '@cnop/common/core/clock';
import { createBusRelay } from '@cnop/common/messaging/worker-bus';
import { onShutdownSignal } from '@cnop/common/process/lifecycle';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Preparation } from '../prepare-store.ts';
import type { StandaloneSettings } from '../standalone-settings.ts';
import { createRequestCounts } from './request-counts.ts';
import { serveMetrics } from './serve-metrics.ts';
import { createWorkerPool, PREPARED_TOPIC } from './worker-pool.ts';

/** Longer than a worker takes to stop after its delay: it ends itself after 9.5 seconds. */
const STOP_MILLISECONDS = 11_000;

const preparedSchema = z.object({
  adminPassword: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('known') }),
      z.object({ kind: z.literal('shown'), password: z.string() }),
      z.object({ kind: z.literal('file'), file: z.string() }),
    ])
    .optional(),
});
const reportSchema = z.object({ url: z.string(), preparation: z.object({ assetsAdded: z.int() }) });
/** What the first worker tells when it is ready. */
type WorkerReport = z.infer<typeof reportSchema>;

export interface RunWorkersOptions {
  readonly logger: Logger;
  /** Called once the store has its administrator. */
  readonly onPrepared: (preparation: Partial<Pick<Preparation, 'adminPassword'>>) => void;
  readonly onReady: (report: WorkerReport) => void;
}

/**
 * Runs the platform in several processes over one embedded store, behind one port: this process accepts connections and
 * passes them to the workers in turn, relays their messages, counts for their rate limits and replaces those that end.
 * Ends this process when SIGINT or SIGTERM has stopped all of them.
 * @throws Error when the port of the metrics is taken
 * @see docs/operating/workers.md
 */
export async function runWorkers(
  settings: StandaloneSettings,
  { logger, onPrepared, onReady }: RunWorkersOptions,
): Promise<void> {
  const relay = createBusRelay();
  const counts = createRequestCounts(systemClock);
  const pool = createWorkerPool({
    count: settings.WORKERS,
    logger,
    join(link) {
      counts.serve(link);
      link.on(PREPARED_TOPIC, (told) => onPrepared(preparedSchema.parse(told)));
      return relay.join(link);
    },
    stopMilliseconds: shutdownDelaySecondsOf(settings) * MILLISECONDS_PER_SECOND + STOP_MILLISECONDS,
  });
  onShutdownSignal((signal) => {
    logger.info({ reason: signal }, 'stopping all workers');
    pool.stop(signal);
  });
  void pool.ended.then((code) => process.exit(code));
  const address = { host: settings.HOST, port: settings.METRICS_PORT };
  if (address.port > 0) await serveMetrics(address, pool);
  onReady(reportSchema.parse(await pool.start()));
}
