import { loadEnvFile, readConfig } from '@cnop/common/config/read-config';
import { createWorkerBus } from '@cnop/common/messaging/worker-bus';
import type { WorkerLink } from '@cnop/common/messaging/worker-link';
import { createWorkerLink } from '@cnop/common/messaging/worker-link';
import { closeOnSignal, onShutdownSignal, startProcess } from '@cnop/common/process/lifecycle';
import { createLogger } from '@cnop/common/process/logger';
import { startStandalone } from '../standalone-app.ts';
import { standaloneSettings } from '../standalone-settings.ts';
import { createWorkerCounter } from './request-counts.ts';
import { answerScrapes } from './serve-metrics.ts';
import { shareMarket } from './share-market.ts';
import { answerPings, PREPARED_TOPIC, READY_TOPIC, STOP_TOPIC } from './worker-pool.ts';

// The entry point of a worker: the whole platform in one of several processes over the same store. It listens through its
// parent, which is the primary process of `node:cluster`, and ends with it.

// A signal to the process group (Ctrl-C, a service manager) is for the parent, which stops its workers.
onShutdownSignal(() => undefined);
await startProcess(run);

async function run(): Promise<void> {
  const link = linkToParent();
  let stop = (_reason: string): void => process.exit(0);
  link.on(STOP_TOPIC, (reason) => stop(String(reason)));
  answerPings(link);

  loadEnvFile();
  const settings = readConfig(standaloneSettings);
  const worker = Number(process.argv[2]);
  const logger = createLogger({
    level: settings.LOG_LEVEL,
    isTraced: settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    worker,
  });
  const bus = createWorkerBus(link);
  const standalone = await startStandalone(settings, logger, {
    companions: {
      worker,
      bus,
      counter: createWorkerCounter(link),
      shareMarket: (own) => shareMarket(own, bus),
    },
    onPrepared: (preparation) => link.send(PREPARED_TOPIC, preparation),
  });
  const { drain, metrics, failure: explainFailure } = standalone;
  closeOnSignal(logger, {
    drain,
    close: () => standalone.close(),
    explainFailure,
    onRequest: (onStop) => {
      stop = onStop;
    },
  });
  if (metrics) answerScrapes(link, metrics);
  link.send(READY_TOPIC, { url: standalone.url, preparation: standalone.preparation });
}

/** @throws Error when this process was not started by a parent */
function linkToParent(): WorkerLink {
  const send = process.send?.bind(process);
  if (!send) throw new Error('a worker is started by its parent: set WORKERS and run `npm start`');
  return createWorkerLink({
    send: (message, done) => void send(message, undefined, undefined, done),
    listen: (listener) => void process.on('message', listener),
  });
}
