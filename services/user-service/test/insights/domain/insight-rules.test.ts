import { decimal, ZERO } from '@cnop/common/core/money';
import { anAssetId } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import type { InsightFacts, InsightPosition } from '../../../src/insights/domain/insight-rules.ts';
import { findInsights } from '../../../src/insights/domain/insight-rules.ts';

type Numbers<Keys extends string> = Partial<Readonly<Record<Keys, number>>>;

/** A position of 100 units at a dollar, protected by a stop, bought at its price. */
function position(
  name: string,
  {
    value = 100,
    invested = value,
    stopped = 100,
    age = 0,
  }: Numbers<'value' | 'invested' | 'stopped' | 'age'> = {},
): InsightPosition {
  return {
    assetId: anAssetId(name),
    value: decimal(String(value)),
    invested: decimal(String(invested)),
    unrealized: decimal(String(value)).minus(String(invested)),
    units: decimal('100'),
    stoppedUnits: decimal(String(stopped)),
    priceAgeSeconds: age,
  };
}

interface Account {
  readonly cash?: number;
  readonly held?: number;
  readonly positions?: readonly InsightPosition[];
  readonly recent?: Numbers<'volume' | 'fees' | 'realized'>;
  readonly target?: Readonly<Record<string, number>> & { readonly cash: number };
}

function factsOf({ cash = 0, held = 0, positions = [], recent = {}, target }: Account): InsightFacts {
  const { cash: cashTarget, ...assets } = target ?? { cash: 0 };
  const amount = (value = 0) => decimal(String(value));
  return {
    cash: amount(cash),
    availableCash: amount(cash - held),
    positions,
    recent: {
      volume: amount(recent.volume),
      fees: amount(recent.fees),
      realized: amount(recent.realized),
    },
    target: target
      ? {
          cash: amount(cashTarget),
          assets: new Map(Object.entries(assets).map(([name, share]) => [anAssetId(name), amount(share)])),
        }
      : null,
  };
}

/** Each finding in short: code, severity, asset, values, threshold, action. */
const found = (account: Account): string[] =>
  findInsights(factsOf(account)).map(({ code, severity, asset_id, values, threshold, action }) => {
    const numbers = values.map(({ name, value }) => `${name}=${value}`).join(' ');
    return `${severity} ${code} ${asset_id ?? '-'} ${numbers} >${threshold} ${action}`;
  });

const two = (value: number) => [position('BTC', { value }), position('ETH', { value: 100 - value })];

describe('an insight', () => {
  it.each<[string, Account, readonly string[]]>([
    ['of an empty account', {}, []],
    ['of two assets with half of the value each', { positions: two(50) }, []],
    [
      'of an asset with more than half of the value',
      { positions: two(51) },
      ['warning concentration BTC share=0.51 value=51.00 >0.5 sell_asset'],
    ],
    [
      'of an asset with more than four fifths of the value',
      { positions: two(80.01) },
      ['serious concentration BTC share=0.8001 value=80.01 >0.8 sell_asset'],
    ],
    ['of an asset beside enough cash', { cash: 100, positions: [position('BTC')] }, []],
    [
      'of cash that is idle',
      { cash: 1_000, held: 100, positions: [position('BTC')] },
      ['info idle_cash - share=0.8181 value=900.00 >0.5 buy_assets'],
    ],
    ['of little cash', { cash: 100 }, []],
    ['of cash that is held for orders', { cash: 1_000, held: 950 }, []],
    [
      'of a position without a stop',
      { positions: [position('BTC', { stopped: 0 }), position('ETH')] },
      ['info no_stop BTC share=0.5 value=100.00 >0.1 place_stop'],
    ],
    [
      'of a position with a stop for a part',
      { positions: [position('BTC', { stopped: 60 }), position('ETH')] },
      ['info no_stop BTC share=0.2 value=40.00 >0.1 place_stop'],
    ],
    [
      'of a small position without a stop',
      { cash: 100, positions: [position('BTC', { value: 11, stopped: 0 })] },
      [],
    ],
    [
      'of a position that lost more than a fifth',
      { cash: 100, positions: [position('BTC', { value: 79, invested: 100 })] },
      ['warning unrealized_loss BTC share=0.21 loss=21.00 value=79.00 >0.2 review_position'],
    ],
    [
      'of a position that lost more than half',
      { cash: 100, positions: [position('BTC', { value: 49, invested: 100 })] },
      ['serious unrealized_loss BTC share=0.51 loss=51.00 value=49.00 >0.5 review_position'],
    ],
    [
      'of a position that lost a fifth',
      { cash: 100, positions: [position('BTC', { value: 80, invested: 100 })] },
      [],
    ],
    [
      'of a position that cost nothing',
      { cash: 100, positions: [position('BTC', { value: 80, invested: 0 })] },
      [],
    ],
    [
      'of an old price',
      { cash: 100, positions: [position('BTC', { age: 900.9 })] },
      ['warning stale_price BTC age=900 value=100.00 >900 wait_for_price'],
    ],
    ['of a price that is just not old', { cash: 100, positions: [position('BTC', { age: 900 })] }, []],
    [
      'of high fees',
      { recent: { volume: 1_000, fees: 5.01, realized: 100 } },
      ['info fees_of_volume - share=0.005 fees=5.01 volume=1000.00 >0.005 review_trades'],
    ],
    ['of usual fees', { recent: { volume: 1_000, fees: 5, realized: 100 } }, []],
    [
      'of fees that take the gains',
      { recent: { volume: 10_000, fees: 5, realized: 10 } },
      ['warning fees_of_gains - share=0.3333 fees=5.00 gain=15.00 >0.25 review_trades'],
    ],
    ['of fees beside a loss', { recent: { volume: 10_000, fees: 5, realized: -4 } }, []],
  ])('%s', (_, account, expected) => {
    expect(found(account)).toEqual(expected);
  });

  it.each<[string, Account, readonly string[]]>([
    ['within five points of the target', { positions: two(50), target: { cash: 5, BTC: 45, ETH: 50 } }, []],
    [
      'beyond five points of it',
      { positions: two(44), target: { cash: 0, BTC: 50, ETH: 50 } },
      [
        'warning concentration ETH share=0.56 value=56.00 >0.5 sell_asset',
        'warning drift BTC difference=-0.06 share=0.44 target_share=0.5 >0.05 buy_asset',
        'warning drift ETH difference=0.06 share=0.56 target_share=0.5 >0.05 sell_asset',
      ],
    ],
    [
      'beyond fifteen points, with an asset that has no target, one that is missing, and cash',
      { cash: 50, positions: [position('DOGE', { value: 50 })], target: { cash: 30, BTC: 70 } },
      [
        'serious drift BTC difference=-0.7 share=0 target_share=0.7 >0.15 buy_asset',
        'serious drift - difference=0.2 share=0.5 target_share=0.3 >0.15 rebalance',
        'serious drift DOGE difference=0.5 share=0.5 target_share=0 >0.15 sell_asset',
      ],
    ],
    ['of an empty account', { target: { cash: 0, BTC: 100 } }, []],
    ['for cash, of which none is idle', { cash: 1_000, target: { cash: 100 } }, []],
  ])('compares with a target: %s', (_, account, expected) => {
    expect(found(account)).toEqual(expected);
  });

  it('is serious before it is anything else', () => {
    const positions = [position('BTC', { stopped: 0, age: 1_000, invested: 1_000 })];
    const severities = findInsights(factsOf({ positions })).map(({ severity }) => severity);
    expect(severities).toEqual(['serious', 'serious', 'warning', 'info']);
  });

  it('is found without a division by zero', () => {
    const nothing = { ...position('BTC', { value: 0 }), units: ZERO, stoppedUnits: ZERO };
    expect(findInsights(factsOf({ positions: [nothing] }))).toEqual([]);
  });
});
