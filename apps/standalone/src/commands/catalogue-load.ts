import { priceSettings } from '@cnop/common/config/price-settings';
import { readConfig } from '@cnop/common/config/read-config';
import { systemClock } from '@cnop/common/core/clock';
import { loadCatalogue } from '@cnop/inventory-service/catalogue/load-catalogue';
import { loadHistory } from '@cnop/inventory-service/history/price-history';
import { createRandomSource } from '@cnop/inventory-service/price-feed/simulated-feed';
import { withConfiguredStore } from './open-configured-store.ts';

export interface CatalogueLoadOptions {
  /** Also makes up a history of prices, from PRICE_SEED where it is set. */
  readonly history?: boolean;
}

/** Adds the assets of the shipped catalogue that the store does not have. */
export async function runCatalogueLoad(
  { history = false }: CatalogueLoadOptions,
  print: (text: string) => void,
): Promise<void> {
  await withConfiguredStore(async (store) => {
    print(`Added ${await loadCatalogue(store, systemClock)} assets.\n`);
    if (!history) return;
    const loaded = await loadHistory({
      store,
      clock: systemClock,
      random: createRandomSource(readConfig(priceSettings.pick({ PRICE_SEED: true })).PRICE_SEED),
      onAsset: (assetId, candles) => print(`  ${assetId}: ${candles} candles\n`),
    });
    print(`Made up the history of ${loaded} assets.\n`);
  });
}
