import { openStore } from '@cnop/common/database/open-store';
import { runService, serviceWithPublicKeys } from '@cnop/common/http/run-service';
import { buildOrderServiceApp } from './app.ts';

const DEFAULT_PORT = 8_002;

await runService({
  ...serviceWithPublicKeys({ defaultPort: DEFAULT_PORT, build: buildOrderServiceApp }),
  openStore,
});
