import type { AssetId, IsoTime, Price, TransactionId } from '@cnop/common/core/brands';
import { isoTime, newId } from '@cnop/common/core/brands';
import { defineCounter } from '@cnop/common/core/figures';
import { decimal, ZERO } from '@cnop/common/core/money';
import { airdropRecord, airdropResultRecord } from '@cnop/common/dao/asset/airdrop-dao';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import { doneWork, dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision, Item, Write } from '@cnop/common/database/table-store';
import type { Airdrop, AirdropRecipient, AirdropResult } from '@cnop/common/entities/asset/airdrop';
import {
  advanceAirdrop,
  airdropTransactionId,
  RECIPIENTS_PER_PART,
} from '@cnop/common/entities/asset/airdrop';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import { receiveUnits } from '@cnop/common/trading/unit-movements';
import { InternalError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import { problemOf } from '../domain/recipients.ts';

/** Recipients that one run of the job is done with before it notes its progress; a divisor of a part. */
const BATCH_SIZE = 25;

const countRecipients = defineCounter({
  name: 'cnop_airdrop_recipients_total',
  help: 'Recipients of airdrops that the job is done with, by outcome (posted, skipped, failed).',
  labelNames: ['outcome'],
});

type PostDeps = Pick<UserDependencies, 'store' | 'clock' | 'ids' | 'assets' | 'quotes' | 'airdrops'>;

/** Returns the due work of an airdrop; undefined while nothing is to be done. */
export function dueWorkOf({ airdrop_id, work_due_at }: Airdrop): DueWork | undefined {
  return work_due_at === null ? undefined : { kind: 'airdrop', due_at: work_due_at, subject: airdrop_id };
}

/** Returns the price at which units of an asset are valued now, in USD per unit. */
export function priceOf({ quotes }: Pick<PostDeps, 'quotes'>, asset: Asset): Price {
  const quote = quotes.latest(asset.asset_id);
  return quote && quote.at >= asset.last_price_update ? quote.mid : asset.current_price;
}

/**
 * Posts an airdrop to its next recipients, each in a commit of its own with the result, and then notes the progress. A run
 * that was interrupted is repeated, and finds the results of the recipients that are done.
 */
export async function postAirdrop(deps: PostDeps, work: DueWork): Promise<void> {
  const airdrop = await deps.airdrops.getAirdrop(newId(work.subject));
  if (airdrop?.status !== 'running' || airdrop.work_due_at !== work.due_at) return dropWork(deps, work);
  const batch = await nextRecipients(deps, airdrop);
  const asset = await deps.assets.getAsset(airdrop.asset_id);
  if (!asset)
    throw new InternalError(new Error(`the asset of airdrop ${work.subject} is not in the catalogue`));
  const price = priceOf(deps, asset);
  const results: AirdropResult[] = [];
  for (const [index, recipient] of batch.entries()) {
    const result = await postOne(deps, { airdrop, recipient, position: airdrop.handled + index, price });
    // Staff paused or cancelled it.
    if (!result) return;
    results.push(result);
  }
  await noteProgress(deps, { work, airdrop, results });
}

/** Ends work that is left over from an airdrop that does not need it. */
async function dropWork({ store }: Pick<PostDeps, 'store'>, work: DueWork): Promise<void> {
  await store.transact({ work: dueWorkRecord.key(work) }, ({ work: item }) => ({
    writes: item ? [doneWork(work)] : [],
    result: undefined,
  }));
}

async function nextRecipients(
  { airdrops }: PostDeps,
  airdrop: Airdrop,
): Promise<readonly AirdropRecipient[]> {
  const start = airdrop.handled % RECIPIENTS_PER_PART;
  const part = await airdrops.getPart(airdrop.airdrop_id, Math.floor(airdrop.handled / RECIPIENTS_PER_PART));
  return part?.recipients.slice(start, start + BATCH_SIZE) ?? [];
}

interface Posting {
  readonly airdrop: Airdrop;
  readonly recipient: AirdropRecipient;
  readonly position: number;
  /** USD per unit. */
  readonly price: Price;
}

/** Posts to one recipient unless there is a result. Returns it; undefined when the airdrop no longer runs. */
async function postOne(deps: PostDeps, posting: Posting): Promise<AirdropResult | undefined> {
  const { airdrop, recipient, position } = posting;
  const { airdrop_id, asset_id } = airdrop;
  const context = {
    transactionId: airdropTransactionId(airdrop_id, position),
    eventId: deps.ids.next(),
    at: isoTime(deps.clock.now()),
  };
  const reads = {
    airdrop: airdropRecord.key({ airdrop_id }),
    result: airdropResultRecord.key({ airdrop_id, position }),
    user: userRecord.key(recipient),
    asset: assetRecord.key({ asset_id }),
    balance: balanceRecord.key(recipient),
    holding: assetBalanceRecord.key({ username: recipient.username, asset_id }),
  };
  const { result, isNew } = await deps.store.transact(reads, (items): Decision<Posted> => {
    const known = airdropResultRecord.readIfPresent(items.result);
    if (known) return { writes: [], result: { result: known, isNew: false } };
    if (airdropRecord.readIfPresent(items.airdrop)?.status !== 'running')
      return { writes: [], result: { result: undefined, isNew: false } };
    const decided = decidePosting(posting, items, context);
    return {
      writes: [...decided.writes, airdropResultRecord.create(decided.result)],
      result: { result: decided.result, isNew: true },
    };
  });
  if (result && isNew) countRecipients({ outcome: result.outcome });
  return result;
}

interface Posted {
  readonly result: AirdropResult | undefined;
  readonly isNew: boolean;
}

interface PostingContext {
  readonly transactionId: TransactionId;
  readonly eventId: ReturnType<UserDependencies['ids']['next']>;
  readonly at: IsoTime;
}

type PostingItems = Readonly<Record<'user' | 'asset' | 'balance' | 'holding', Item | undefined>>;

/** Decides what becomes of one recipient: the units and their event, or the reason why there are none. */
function decidePosting(
  { airdrop, recipient, position, price }: Posting,
  items: PostingItems,
  { transactionId, eventId, at }: PostingContext,
): { readonly writes: readonly Write[]; readonly result: AirdropResult } {
  const { airdrop_id, asset_id, reason } = airdrop;
  const { username, quantity } = recipient;
  const result = (outcome: AirdropResult['outcome'], problem: string | null): AirdropResult => ({
    airdrop_id,
    position,
    username,
    asset_id,
    quantity,
    outcome,
    problem,
    transaction_id: outcome === 'posted' ? transactionId : null,
    at,
  });
  const balance = balanceRecord.readIfPresent(items.balance);
  const problem = problemOf(userRecord.readIfPresent(items.user)) ?? assetProblem(items.asset, asset_id);
  if (!balance || problem !== undefined)
    return { writes: [], result: result('skipped', problem ?? 'There is no account.') };
  try {
    const { holding, assetTransaction } = receiveUnits(
      assetBalanceRecord.readIfPresent(items.holding),
      {
        type: 'airdrop',
        username,
        assetId: asset_id,
        quantity: decimal(quantity),
        counterpart: LEDGER_ACCOUNTS.airdrop,
        mid: price,
        description: reason,
        id: transactionId,
        at,
      },
      ZERO,
    );
    const next = nextEvent(balance, { type: 'holding.changed', id: eventId, at, holding, cause: 'airdrop' });
    const writes = [
      balanceRecord.replace(next.balance),
      assetBalanceRecord.replace(holding),
      assetTransactionRecord.create(assetTransaction),
      liveEventRecord.create(next.event),
    ];
    return { writes, result: result('posted', null) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { writes: [], result: result('failed', error.message) };
  }
}

function assetProblem(item: Item | undefined, assetId: AssetId): string | undefined {
  return assetRecord.readIfPresent(item)?.status === 'delisted' ? `${assetId} is delisted.` : undefined;
}

/**
 * Notes that the recipients are done, and plans the next run. Another process that has just done the same wins, since its
 * commit replaced the due work.
 */
async function noteProgress(
  { store, clock }: PostDeps,
  {
    work,
    airdrop: { airdrop_id },
    results,
  }: { readonly work: DueWork; readonly airdrop: Airdrop; readonly results: readonly AirdropResult[] },
): Promise<void> {
  const at = isoTime(clock.now());
  // Later than this work, so that its key is another one.
  const nextDueAt = isoTime(new Date(Math.max(Date.parse(at), Date.parse(work.due_at) + 1)));
  const reads = { work: dueWorkRecord.key(work), airdrop: airdropRecord.key({ airdrop_id }) };
  await store.transact(reads, (items): Decision<undefined> => {
    const airdrop = airdropRecord.readIfPresent(items.airdrop);
    if (!items.work || airdrop?.status !== 'running') return { writes: [], result: undefined };
    const progress = advanceAirdrop(airdrop, results);
    const isFinished = progress.handled >= airdrop.recipients;
    const changed: Airdrop = {
      ...airdrop,
      ...progress,
      ...(isFinished
        ? { status: 'completed', work_due_at: null, finished_at: at }
        : { work_due_at: nextDueAt }),
      updated_at: at,
    };
    const next = dueWorkOf(changed);
    const writes = [
      airdropRecord.replace(changed),
      doneWork(work),
      ...(next ? [dueWorkRecord.create(next)] : []),
    ];
    return { writes, result: undefined };
  });
}
