import { systemClock } from '@cnop/common/core/clock';
import { loadCatalogue } from '@cnop/inventory-service/catalogue/load-catalogue';
import { withConfiguredStore } from './open-configured-store.ts';

/** Adds the assets of the shipped catalogue that the store does not have. */
export async function runCatalogueLoad(print: (text: string) => void): Promise<void> {
  const added = await withConfiguredStore((store) => loadCatalogue(store, systemClock));
  print(`Added ${added} assets.\n`);
}
