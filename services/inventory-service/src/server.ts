import { openStore } from '@cnop/common/database/open-store';
import { runService, serviceWithPublicKeys } from '@cnop/common/http/run-service';
import { buildInventoryServiceApp } from './app.ts';

const DEFAULT_PORT = 8_001;

await runService({
  ...serviceWithPublicKeys({ defaultPort: DEFAULT_PORT, build: buildInventoryServiceApp }),
  openStore,
});
