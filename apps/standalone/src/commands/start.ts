import { warnOfLooseDataFolder } from '@cnop/common/config/data-folder';
import { loadEnvFile, readConfig } from '@cnop/common/config/read-config';
import { closeOnSignal } from '@cnop/common/process/lifecycle';
import { createLogger } from '@cnop/common/process/logger';
import type { Preparation } from '../prepare-store.ts';
import { FIRST_ADMIN_USERNAME } from '../prepare-store.ts';
import type { Standalone } from '../standalone-app.ts';
import { startStandalone } from '../standalone-app.ts';
import type { StandaloneSettings } from '../standalone-settings.ts';
import { standaloneSettings } from '../standalone-settings.ts';

/** Runs the platform until SIGINT or SIGTERM, in this process or in several workers. */
export async function runStart(print: (text: string) => void): Promise<void> {
  loadEnvFile();
  const settings = readConfig(standaloneSettings);
  const logger = createLogger({
    level: settings.LOG_LEVEL,
    isTraced: settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
  });
  warnOfLooseDataFolder(settings, logger);
  const onPrepared = (preparation: Partial<Preparation>) => print(firstAdministrator(preparation));
  if (settings.WORKERS > 1) {
    const { runWorkers } = await import('../workers/run-workers.ts');
    const onReady = (report: Parameters<typeof welcome>[0]) => print(welcome(report, settings));
    return runWorkers(settings, { logger, onPrepared, onReady });
  }
  const standalone = await startStandalone(settings, logger, { onPrepared });
  const { drain, failure: explainFailure } = standalone;
  closeOnSignal(logger, { drain, close: () => standalone.close(), explainFailure });
  print(welcome(standalone, settings));
}

/** Returns the password of an administrator that this start created; nothing if there was one. */
function firstAdministrator({ adminPassword }: Partial<Preparation>): string {
  const lines: string[] = [];
  if (adminPassword?.kind === 'shown') {
    lines.push(
      '',
      `  Administrator ${FIRST_ADMIN_USERNAME}, password ${adminPassword.password}`,
      '  The password is shown only now. Save it, or change it with POST /api/v1/auth/password.',
    );
  }
  if (adminPassword?.kind === 'file') {
    lines.push(
      '',
      `  Administrator ${FIRST_ADMIN_USERNAME}, password in ${adminPassword.file}`,
      '  Only its owner can read the file. Save the password, then delete the file.',
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

function welcome(
  {
    url,
    preparation: { assetsAdded },
  }: Pick<Standalone, 'url'> & { readonly preparation: Pick<Preparation, 'assetsAdded'> },
  settings: StandaloneSettings,
): string {
  const lines = [
    '',
    `  Cloud Native Order Processor is ready at ${url}`,
    '',
    `  API           ${url}/api/v1`,
    `  described at  ${url}/docs`,
    `  data          ${settings.DATA_DIR}${assetsAdded > 0 ? ` (${assetsAdded} assets loaded)` : ''}`,
    ...(settings.WORKERS > 1 ? [`  workers       ${settings.WORKERS}`] : []),
  ];
  if (settings.PRICE_FEED === 'simulated' && settings.PRICE_SEED !== undefined) {
    lines.push(
      '',
      '  PRICE_SEED is set: simulated prices can be predicted. Use it for tests and demonstrations only.',
    );
  }
  lines.push('', '  Try it: npm run cnop -- demo', '', '');
  return lines.join('\n');
}
