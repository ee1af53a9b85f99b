import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { ownPublicKeys } from '@cnop/common/auth/public-keys';
import { createTokenIssuer } from '@cnop/common/auth/token-issuer';
import { createTokenVerifier } from '@cnop/common/auth/token-verifier';
import { refuseLooseDataFolder } from '@cnop/common/config/data-folder';
import { dueWorkPaceOf, dueWorkSettings } from '@cnop/common/config/due-work-settings';
import { fundingOf, fundingSettings, refuseUnsignedFunding } from '@cnop/common/config/funding-settings';
import {
  insightsProviderOf,
  insightsSettings,
  refuseProviderWithoutAddress,
} from '@cnop/common/config/insights-settings';
import {
  playMoneyOf,
  playMoneySettings,
  refuseDemoWithoutDeposits,
} from '@cnop/common/config/play-money-settings';
import { refuseUnsafeInProduction } from '@cnop/common/config/production-rules';
import {
  accountSettings,
  hopSettings,
  messagingSettings,
  portSetting,
  processSettings,
  refuseUnknownGateway,
  storeSettings,
  tokenNamesOf,
  tokenSettings,
} from '@cnop/common/config/settings';
import { tierSettings } from '@cnop/common/config/tier-settings';
import { maxQuoteAgeSecondsOf, quoteAgeSettings } from '@cnop/common/config/trading-settings';
import { transferLimitsOf, transferSettings } from '@cnop/common/config/transfer-settings';
import { systemIds } from '@cnop/common/core/ids';
import { openStore } from '@cnop/common/database/open-store';
import { runService } from '@cnop/common/process/run-service';
import { openSigningKeys } from '@cnop/common/process/token-keys';
import { buildUserServiceApp } from './app.ts';

const DEFAULT_PORT = 8_000;

await runService({
  name: 'user-service',
  settings: processSettings
    .extend(storeSettings.shape)
    .extend(messagingSettings.shape)
    .extend(tokenSettings.shape)
    .extend(accountSettings.shape)
    .extend(hopSettings.shape)
    .extend(playMoneySettings.shape)
    .extend(transferSettings.shape)
    .extend(insightsSettings.shape)
    .extend(dueWorkSettings.shape)
    .extend(quoteAgeSettings.shape)
    .extend(fundingSettings.shape)
    .extend(tierSettings.shape)
    .extend({ PORT: portSetting.default(DEFAULT_PORT) })
    .superRefine(refuseUnsafeInProduction)
    .superRefine(refuseLooseDataFolder)
    .superRefine(refuseUnknownGateway)
    .superRefine(refuseDemoWithoutDeposits)
    .superRefine(refuseProviderWithoutAddress)
    .superRefine(refuseUnsignedFunding),
  openStore,
  open: async (settings, { clock, logger }) => {
    const names = tokenNamesOf(settings);
    const keys = await openSigningKeys(settings, { clock, logger });
    const passwords = createPasswordManager({ cost: settings.BCRYPT_COST });
    return {
      verifier: createTokenVerifier({ keys: ownPublicKeys(keys), settings: names, clock }),
      build: (runtime) =>
        buildUserServiceApp({
          ...runtime,
          passwords,
          publicKeys: keys.publicKeys,
          playMoney: playMoneyOf(settings),
          transferLimits: transferLimitsOf(settings),
          maxQuoteAgeSeconds: maxQuoteAgeSecondsOf(settings, runtime),
          dueWork: dueWorkPaceOf(settings, runtime),
          insightsProvider: insightsProviderOf(settings),
          tierLimits: settings.TIER_LIMITS,
          funding: fundingOf(settings),
          tokens: createTokenIssuer({ keys, settings: names, clock, ids: systemIds }),
        }),
      quotesFrom: 'store',
      async close() {
        keys.close();
        await passwords.close();
      },
    };
  },
});
