import { createTokenVerifier } from '@cnop/common/auth/token-manager';
import {
  keySetSettings,
  portSetting,
  processSettings,
  storeSettings,
  tokenNamesOf,
  tokenSettings,
} from '@cnop/common/config/settings';
import { openStore } from '@cnop/common/database/open-store';
import { runService } from '@cnop/common/http/run-service';
import { buildOrderServiceApp } from './app.ts';

const DEFAULT_PORT = 8_002;

await runService({
  settings: processSettings
    .extend(storeSettings.shape)
    .extend(tokenSettings.shape)
    .extend(keySetSettings.shape)
    .extend({ PORT: portSetting.default(DEFAULT_PORT) }),
  openStore,
  open: async (settings, clock) => ({
    verifier: createTokenVerifier({
      keys: { url: settings.JWKS_URL },
      settings: tokenNamesOf(settings),
      clock,
    }),
    build: buildOrderServiceApp,
  }),
});
