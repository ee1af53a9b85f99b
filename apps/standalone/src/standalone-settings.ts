import { existsSync } from 'node:fs';
import path from 'node:path';
import { refuseLooseDataFolder } from '@cnop/common/config/data-folder';
import { dueWorkSettings } from '@cnop/common/config/due-work-settings';
import { fundingSettings, refuseUnsignedFunding } from '@cnop/common/config/funding-settings';
import { gatewaySettings } from '@cnop/common/config/gateway-settings';
import { insightsSettings, refuseProviderWithoutAddress } from '@cnop/common/config/insights-settings';
import { refuseDemoWithoutDeposits } from '@cnop/common/config/play-money-settings';
import { priceSettings, refuseReplayOfNothing, refuseUnsafePrices } from '@cnop/common/config/price-settings';
import { refuseUnsafeInProduction } from '@cnop/common/config/production-rules';
import {
  accountSettings,
  integerSetting,
  processSettings,
  storeSettings,
  tokenSettings,
} from '@cnop/common/config/settings';
import { tierSettings } from '@cnop/common/config/tier-settings';
import { tradingSettings } from '@cnop/common/config/trading-settings';
import { transferSettings } from '@cnop/common/config/transfer-settings';
import { z } from 'zod';

/** More processes than any machine for one embedded store can use: its commits come one after another. */
const MAX_WORKERS = 32;

/** The settings of the one-machine shape. */
export const standaloneSettings = processSettings
  .extend(storeSettings.shape)
  .extend(tokenSettings.shape)
  .extend(accountSettings.shape)
  .extend(gatewaySettings.shape)
  .extend(tradingSettings.shape)
  .extend(priceSettings.shape)
  .extend(transferSettings.shape)
  .extend(insightsSettings.shape)
  .extend(dueWorkSettings.shape)
  .extend(fundingSettings.shape)
  .extend(tierSettings.shape)
  .extend({
    /** The password of the first administrator; by default a random one is printed at the first start. */
    ADMIN_PASSWORD: z.string().min(1).optional(),
    /** The number of processes that run the platform over one embedded store, behind one port. */
    WORKERS: integerSetting({ min: 1, max: MAX_WORKERS }).default(1),
  })
  .superRefine(refuseUnsafeInProduction)
  .superRefine(refuseLooseDataFolder)
  .superRefine(refuseReplayOfNothing)
  .superRefine(refuseUnsafePrices)
  .superRefine(refuseDemoWithoutDeposits)
  .superRefine(refuseProviderWithoutAddress)
  .superRefine(refuseUnsignedFunding)
  .superRefine(({ STORE, WORKERS }, context) => {
    if (STORE === 'lmdb' || WORKERS === 1) return;
    const message = 'needs STORE=lmdb; on DynamoDB run several processes of each service instead';
    context.addIssue({ code: 'custom', path: ['WORKERS'], message });
  });

export type StandaloneSettings = z.output<typeof standaloneSettings>;

/** Returns the folder of the built web app in this repository, if it has been built. */
export function findBuiltWebApp(): string | undefined {
  const folder = path.resolve(import.meta.dirname, '../../web/dist');
  return existsSync(path.join(folder, 'index.html')) ? folder : undefined;
}
