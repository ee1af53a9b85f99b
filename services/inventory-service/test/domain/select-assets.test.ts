import type { AssetId } from '@cnop/common/core/brands';
import type { Position } from '@cnop/common/core/pagination';
import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import { assetCategorySchema, assetStatusSchema } from '@cnop/common/entities/inventory/asset';
import { assetSortFieldSchema } from '@cnop/common/entities/inventory/asset-input';
import { anAsset } from '@cnop/testing/builders/inventory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toAssetView } from '../../src/domain/asset-view.ts';
import type { AssetCriteria } from '../../src/domain/select-assets.ts';
import { pageOfAssets, selectAssets } from '../../src/domain/select-assets.ts';

/** The reference below compares decimals as whole numbers of 10^-18. */
const REFERENCE_SCALE = 18;

function reference(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(REFERENCE_SCALE, '0'));
  return text.startsWith('-') ? -units : units;
}

/** The constants make ties, and two decimals that are the same JavaScript number. */
const unsignedDecimal = fc.oneof(
  fc.constantFrom('1', '1.0', '10', '9', '0.10', '2', '900719925474099.12', '900719925474099.121'),
  fc
    .tuple(fc.bigInt(0n, 10n ** 15n - 1n), fc.stringMatching(/^\d{0,18}$/))
    .map(([whole, fraction]) => (fraction === '' ? `${whole}` : `${whole}.${fraction}`)),
);
const positiveDecimal = unsignedDecimal.filter((text) => reference(text) > 0n);
const signedDecimal = fc
  .tuple(fc.boolean(), unsignedDecimal)
  .map(([isNegative, text]) => (isNegative && reference(text) > 0n ? `-${text}` : text));

const assetFields = fc.record({
  asset_id: fc.stringMatching(/^[A-C0-1]{1,4}$/),
  symbol: fc.constantFrom('abc', 'AB', 'c'),
  name: fc.constantFrom('Abc', 'abc', 'Ba', 'cab 1', 'Zz'),
  current_price: positiveDecimal,
  circulating_supply: fc.option(unsignedDecimal),
  price_change_24h: fc.option(signedDecimal),
  price_change_percentage_24h: fc.option(signedDecimal),
  market_cap_rank: fc.option(fc.integer({ min: 1, max: 5 })),
  status: fc.constantFrom(...assetStatusSchema.options),
  category: fc.constantFrom(...assetCategorySchema.options),
});
/** Currencies are shown only where they are asked for. */
const tradedFields = assetFields.filter(({ category }) => category !== 'currency');
const listsOf = (fields: typeof assetFields) =>
  fc
    .uniqueArray(fields, { selector: ({ asset_id }) => asset_id, maxLength: 30, size: 'max' })
    .map((list) => list.map((each) => toAssetView(anAsset(each), undefined)));
const assetLists = listsOf(assetFields);
const criteriaOf: fc.Arbitrary<AssetCriteria> = fc.record({
  activeOnly: fc.boolean(),
  category: fc.option(fc.constantFrom(...assetCategorySchema.options), { nil: undefined }),
  search: fc.constantFrom('', 'a', 'AB', '1', 'zz', 'nothing'),
  sortBy: fc.constantFrom(...assetSortFieldSchema.options),
  sortOrder: fc.constantFrom('asc' as const, 'desc' as const),
});

/** Orders without filters, so that long lists stay long. */
const orders = criteriaOf.map(({ sortBy, sortOrder }) => ({
  activeOnly: false,
  search: '',
  sortBy,
  sortOrder,
}));

const REFERENCE_KEYS: Record<
  AssetCriteria['sortBy'],
  (asset: AssetResponse) => string | number | bigint | null
> = {
  asset_id: ({ asset_id }) => asset_id,
  name: ({ name }) => name.toLowerCase(),
  price: ({ current_price }) => reference(current_price),
  market_cap: ({ market_cap }) => market_cap,
  market_cap_rank: ({ market_cap_rank }) => market_cap_rank,
  price_change_24h: ({ price_change_24h }) => price_change_24h,
  price_change_percentage_24h: ({ price_change_percentage_24h }) => price_change_percentage_24h,
};

describe('selectAssets', () => {
  test('shows each asset that meets the criteria once, and no other', () => {
    fc.assert(
      fc.property(assetLists, criteriaOf, (assets, criteria) => {
        const shown = selectAssets(assets, criteria);
        const expected = assets.filter(
          ({ status, category, asset_id, symbol, name }) =>
            (!criteria.activeOnly || status === 'active') &&
            (criteria.category === undefined ? category !== 'currency' : criteria.category === category) &&
            `${asset_id}\n${symbol}\n${name}`.toUpperCase().includes(criteria.search.toUpperCase()),
        );
        expect(new Set(shown)).toEqual(new Set(expected));
        expect(shown).toHaveLength(expected.length);
      }),
    );
  });

  test('sorts by the shown value, then by id, with missing values last', () => {
    fc.assert(
      fc.property(assetLists, orders, (assets, criteria) => {
        const shown = selectAssets(assets, criteria);
        const keyOf = REFERENCE_KEYS[criteria.sortBy];
        for (const [i, next] of shown.entries()) {
          const previous = shown[i - 1];
          if (!previous) continue;
          const [a, b] = [keyOf(previous), keyOf(next)];
          if (a === b) expect(previous.asset_id < next.asset_id).toBe(true);
          else if (b !== null)
            expect(a !== null && (criteria.sortOrder === 'asc' ? a < b : a > b)).toBe(true);
        }
      }),
    );
  });

  test('does not depend on the order of the catalogue', () => {
    fc.assert(
      fc.property(
        assetLists.chain((assets) =>
          fc.tuple(
            fc.constant(assets),
            fc.shuffledSubarray(assets, { minLength: assets.length, maxLength: assets.length }),
          ),
        ),
        criteriaOf,
        ([assets, shuffled], criteria) => {
          expect(selectAssets(shuffled, criteria)).toEqual(selectAssets(assets, criteria));
        },
      ),
    );
  });

  test('does not change the catalogue', () => {
    fc.assert(
      fc.property(assetLists, criteriaOf, (assets, criteria) => {
        const before = [...assets];
        selectAssets(assets, criteria);
        expect(assets).toEqual(before);
      }),
    );
  });
});

describe('pageOfAssets', () => {
  /** Reads all pages; the catalogue may change before each page but the first. */
  function readPages(
    start: readonly AssetResponse[],
    criteria: AssetCriteria,
    {
      limit,
      change,
    }: {
      readonly limit: number;
      readonly change: (page: number, asset: AssetResponse) => AssetResponse;
    },
  ): AssetId[] {
    const shown: AssetId[] = [];
    let assets = start;
    let after: Position | undefined;
    for (let page = 0; page <= start.length; page++) {
      const { items, next } = pageOfAssets(selectAssets(assets, criteria), criteria, { limit, after });
      shown.push(...items.map(({ asset_id }) => asset_id));
      if (!next) return shown;
      expect(items).toHaveLength(limit);
      after = next;
      assets = assets.map((asset) => change(page, asset));
    }
    throw new Error('the pages do not end');
  }

  test('shows the whole list, page by page', () => {
    fc.assert(
      fc.property(assetLists, criteriaOf, fc.integer({ min: 1, max: 9 }), (assets, criteria, limit) => {
        const shown = readPages(assets, criteria, { limit, change: (_page, asset) => asset });
        expect(shown).toEqual(selectAssets(assets, criteria).map(({ asset_id }) => asset_id));
      }),
    );
  });

  test('shows every asset that keeps its value exactly once, while other assets move', () => {
    const moves = fc.array(fc.record({ at: fc.nat(29), fields: tradedFields }), { maxLength: 10 });
    fc.assert(
      fc.property(listsOf(tradedFields), orders, moves, (assets, criteria, moved) => {
        const idOf = (at: number) => assets[at % assets.length]?.asset_id;
        const shown = readPages(assets, criteria, {
          limit: 2,
          change(page, asset) {
            const move = moved[page];
            return move && idOf(move.at) === asset.asset_id
              ? toAssetView(anAsset({ ...move.fields, asset_id: asset.asset_id }), undefined)
              : asset;
          },
        });
        const movers = new Set(moved.map(({ at }) => idOf(at)));
        const stayed = assets.map(({ asset_id }) => asset_id).filter((id) => !movers.has(id));
        expect(shown.filter((id) => !movers.has(id)).toSorted()).toEqual(stayed.toSorted());
      }),
    );
  });
});
