import { createLogger } from '@cnop/common/process/logger';
import type { Standalone } from '@cnop/standalone/standalone-app';
import { startStandalone } from '@cnop/standalone/standalone-app';
import { standaloneSettings } from '@cnop/standalone/standalone-settings';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { createApi, freshName, removeSpreads, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { Answer } from '@cnop/testing/system/raw-request';
import { ADMIN_PASSWORD, TEST_ENV } from '@cnop/testing/system/servers';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { temporaryFolder } from './support/platform.ts';
import { expectSound, readStored } from './support/stored.ts';
import type { Expected, Funds, MarketAsset } from './support/trading-model.ts';
import {
  buy,
  costOf,
  deposit,
  emptyFunds,
  heldOf,
  quantityOf,
  sell,
  UNITS,
  unitsOf,
  usdOf,
  withdraw,
} from './support/trading-model.ts';

/** Number of runs; `MODEL_RUNS=1000` runs more. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? '25');
const MAX_COMMANDS = 40;
const SEED = Date.now() % 1_000_000_000;
/** An asset with many digits, one with few, and one whose smallest quantity is worth less than a cent. */
const ASSET_IDS = ['BTC', 'ADA', 'DOGE'];

const cleanup = createCleanup();
afterAll(() => cleanup.run());

/** Creates the platform in this process, on one folder, which a run can restart. */
async function createPlatform(dataDir: string) {
  const settings = standaloneSettings.parse({ ...TEST_ENV, ADMIN_PASSWORD, DATA_DIR: dataDir, PORT: '0' });
  const logger = createLogger({ level: 'silent' });
  let running: Standalone | undefined = await startStandalone(settings, logger);
  const close = async () => {
    await running?.close();
    running = undefined;
  };
  cleanup.defer(close);
  const api: Send = (...request) => createApi(running?.url ?? '')(...request);
  return {
    api,
    close,
    async restart() {
      await close();
      running = await startStandalone(settings, logger);
    },
  };
}
type Platform = Awaited<ReturnType<typeof createPlatform>>;

interface Real {
  readonly platform: Platform;
  readonly accounts: readonly Account[];
}

interface KeyedRequest {
  readonly user: number;
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  readonly key: string;
  readonly answer: string;
}

interface Model {
  readonly funds: readonly Funds[];
  /** Requests that succeeded with a key, and may be sent again. */
  readonly answered: KeyedRequest[];
  keys: number;
}

/** An amount: a fixed one, all that is available, or one step more than that. */
type Amount = bigint | 'all' | 'one too many';

function amountOf(amount: Amount, all: bigint, step = 1n): bigint {
  if (amount === 'all') return all;
  return amount === 'one too many' ? all + step : amount;
}

type Movement = 'deposit' | 'withdraw' | 'buy' | 'sell';

interface MoveChoice {
  readonly movement: Movement;
  readonly user: number;
  readonly amount: Amount;
  readonly asset: MarketAsset;
  readonly hasKey: boolean;
}

type Command = fc.AsyncCommand<Model, Real>;

/** One request, applied to the model and sent to the platform. */
function move(choice: MoveChoice): Command {
  const { movement, user, amount, asset, hasKey } = choice;
  return {
    check: () => true,
    async run(model, real) {
      const { path, body, expected } = applyMove(choice, model.funds[user]!);
      const key = hasKey ? `key-${model.keys++}` : undefined;
      const answer = await real.accounts[user]!.send('POST', path, { body, ...(key && { key }) });
      expect(outcomeOf(answer)).toBe(expected);
      if (key && answer.status === 201) model.answered.push({ user, path, body, key, answer: answer.text });
      await expectSameFunds(model, real, user);
    },
    toString: () => `user ${user}: ${movement} ${amount} of ${asset.assetId}${hasKey ? ' with a key' : ''}`,
  };
}

interface Applied {
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

function applyMove({ movement, amount, asset }: MoveChoice, funds: Funds): Applied {
  if (movement === 'deposit' || movement === 'withdraw') {
    const cents = amountOf(amount, funds.cashCents);
    const expected = movement === 'deposit' ? deposit(funds, cents) : withdraw(funds, cents);
    return { path: `/balance/${movement}`, body: { amount: usdOf(cents) }, expected };
  }
  const all = movement === 'sell' ? heldOf(funds, asset) : affordable(funds, asset);
  const units = amountOf(amount, all, asset.step);
  const expected = movement === 'sell' ? sell(funds, asset, units) : buy(funds, asset, units);
  const body = { asset_id: asset.assetId, order_type: `market_${movement}`, quantity: quantityOf(units) };
  return { path: '/orders', body, expected };
}

/** Returns the largest quantity that the cash pays for. */
function affordable(funds: Funds, asset: MarketAsset): bigint {
  const roughly = (funds.cashCents * UNITS * UNITS) / (asset.price * 100n);
  let quantity = roughly - (roughly % asset.step);
  while (quantity > 0n && costOf(asset, quantity) > funds.cashCents) quantity -= asset.step;
  return quantity;
}

interface RetryChoice {
  readonly which: number;
  readonly isChanged: boolean;
}

/** Sends an answered request again, unchanged or with another body under the same key. */
function retry({ which, isChanged }: RetryChoice): Command {
  return {
    check: ({ answered }) => answered.length > 0,
    async run(model, real) {
      const { user, path, body, key, answer: first } = model.answered[which % model.answered.length]!;
      const sent = isChanged ? { ...body, description: 'something else' } : body;
      const answer = await real.accounts[user]!.send('POST', path, { body: sent, key });
      if (isChanged) {
        expect(outcomeOf(answer)).toBe('422 VAL_001');
      } else {
        expect(answer.text).toBe(first);
        expect(answer.headers.get('idempotency-replayed')).toBe('true');
      }
      await expectSameFunds(model, real, user);
    },
    toString: () => `retry ${which}${isChanged ? ' with another body' : ''}`,
  };
}

const restart: Command = {
  check: () => true,
  async run(model, real) {
    await real.platform.restart();
    for (const user of real.accounts.keys()) await expectSameFunds(model, real, user);
  },
  toString: () => 'restart',
};

function outcomeOf(answer: Answer): number | string {
  return answer.status === 201 ? 201 : `${answer.status} ${answer.json<{ code: string }>().code}`;
}

interface SeenHolding {
  readonly asset_id: string;
  readonly quantity: string;
  readonly total_invested: string;
  readonly realized_pnl: string;
}

async function expectSameFunds({ funds }: Model, { accounts }: Real, user: number): Promise<void> {
  const { cashCents, holdings } = funds[user]!;
  const { send } = accounts[user]!;
  const [balance, assets] = await Promise.all([send('GET', '/balance'), send('GET', '/balance/assets')]);
  expect(balance.json()).toMatchObject({ current_balance: usdOf(cashCents), held_balance: '0.00' });
  const { data } = assets.json<{ data: SeenHolding[] }>();
  const seen = data.map((held) => [held.asset_id, held.quantity, held.total_invested, held.realized_pnl]);
  const expected = [...holdings].map(([id, { quantity, investedCents, realizedCents }]) => [
    id,
    quantityOf(quantity),
    usdOf(investedCents),
    usdOf(realizedCents),
  ]);
  // Only the model has a position whose first trade was refused.
  expect(nonEmpty(seen)).toEqual(nonEmpty(expected));
}

async function expectSameLedgers({ funds }: Model, { accounts }: Real): Promise<void> {
  for (const [user, { send }] of accounts.entries()) {
    const ledger = await send('GET', '/balance/transactions?limit=1');
    expect(ledger.json()).toMatchObject({ total_count: funds[user]!.ledgerEntries });
  }
}

const nonEmpty = (lines: readonly (readonly string[])[]) =>
  lines
    .filter(([, quantity]) => quantity !== '0')
    .map((line) => line.join(' '))
    .toSorted();

async function marketAssets(api: Send): Promise<MarketAsset[]> {
  const answers = await Promise.all(ASSET_IDS.map((id) => api('GET', `/inventory/assets/${id}`)));
  return answers.map((answer) => {
    const { data } = answer.json<{
      data: { asset_id: string; current_price: string; quantity_scale: number };
    }>();
    return {
      assetId: data.asset_id,
      price: unitsOf(data.current_price),
      step: 10n ** BigInt(8 - data.quantity_scale),
    };
  });
}

function commandsOf(assets: readonly MarketAsset[]) {
  const user = fc.integer({ min: 0, max: 1 });
  const hasKey = fc.boolean();
  const asset = fc.constantFrom(...assets);
  const special = fc.constantFrom<Amount>('all', 'one too many');
  const cents = fc.oneof(
    fc.bigInt(1n, 500n),
    fc.bigInt(1n, 2_000_000n),
    fc.constantFrom(0n, 100_000_000n, 100_000_001n),
  );
  const units = fc.oneof(
    fc.bigInt(1n, 2_000_000n),
    fc.bigInt(1n, 100n).map((count) => count * UNITS),
  );
  const moves = (movement: Movement, amount: fc.Arbitrary<Amount>) =>
    fc.record({ movement: fc.constant(movement), user, amount, asset, hasKey }).map(move);
  return fc.commands(
    [
      moves('deposit', cents),
      moves('withdraw', fc.oneof(cents, special)),
      moves('buy', fc.oneof(units, special)),
      moves('buy', fc.oneof(units, special)),
      moves('sell', fc.oneof(units, special)),
      fc.record({ which: fc.nat({ max: MAX_COMMANDS }), isChanged: fc.boolean() }).map(retry),
      fc.oneof(
        { weight: 1, arbitrary: fc.constant(restart) },
        { weight: 11, arbitrary: moves('deposit', cents) },
      ),
    ],
    { maxCommands: MAX_COMMANDS, size: 'max' },
  );
}

it('the platform answers and stores the same as a small model, for any actions of two users', async () => {
  process.stdout.write(`  model of trading: seed ${SEED}\n`);
  const dataDir = await temporaryFolder(cleanup);
  const platform = await createPlatform(dataDir);
  // The model trades at one price for both sides.
  await removeSpreads(await signIn(platform.api, 'admin', ADMIN_PASSWORD));
  const assets = await marketAssets(platform.api);
  const property = fc.asyncProperty(commandsOf(assets), async (commands) => {
    const accounts = await Promise.all(
      [0, 1].map(() => signUp(platform.api, { username: freshName('model') })),
    );
    const model: Model = {
      funds: accounts.map(({ username }) => emptyFunds(username)),
      answered: [],
      keys: 0,
    };
    const real = { platform, accounts };
    await fc.asyncModelRun(() => ({ model, real }), commands);
    await expectSameLedgers(model, real);
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
  await platform.close();
  await readStored(dataDir, expectSound);
});
