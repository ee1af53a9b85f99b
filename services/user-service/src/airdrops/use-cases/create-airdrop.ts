import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { AssetId, Quantity, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { addSeconds } from '@cnop/common/core/clock';
import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, formatQuantity, formatUsd, roundUp, ZERO } from '@cnop/common/core/money';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { collectPages } from '@cnop/common/core/pagination';
import { airdropPartRecord, airdropRecord, partsOf } from '@cnop/common/dao/asset/airdrop-dao';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { Airdrop, AirdropRecipient } from '@cnop/common/entities/asset/airdrop';
import { airdropSchema, MAX_AIRDROP_RECIPIENTS } from '@cnop/common/entities/asset/airdrop';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { User } from '@cnop/common/entities/user/user';
import { NotFoundError, StateConflictError, ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { Line } from '../domain/recipients.ts';
import { checkLines, linesOfList, parseTable, problemOf, totalOf } from '../domain/recipients.ts';
import { dueWorkOf, priceOf } from './post-airdrop.ts';

/** USD that one administrator may give away by airdrops in 24 hours without a second one. */
const MAX_UNREVIEWED_USD = '1000';
/** Recipients of an airdrop that needs no second administrator. */
const MAX_UNREVIEWED_RECIPIENTS = 100;
const DAY_SECONDS = 24 * 60 * 60;
/** The time that a second administrator has to approve. */
const PROPOSAL_LIFETIME_SECONDS = 7 * DAY_SECONDS;
const PAGE_SIZE = 100;
/** Pages of users or positions that a selection reads at most, also those of which no one is selected. */
const MAX_PAGES = 500;

export type AirdropDeps = Pick<
  UserDependencies,
  'store' | 'clock' | 'ids' | 'users' | 'holdings' | 'assets' | 'quotes' | 'airdrops' | 'audit'
>;

/** The administrator who sends a request. */
export interface AirdropCaller {
  readonly username: Username;
  readonly origin: RequestOrigin;
}

/** The recipients of an airdrop: a list, a table, or all users of a group with the same quantity. */
export type Recipients =
  | { readonly list: readonly AirdropRecipient[] }
  | { readonly csv: string }
  | { readonly group: 'active_users'; readonly quantity: Quantity }
  | { readonly group: 'holders'; readonly heldAsset: AssetId; readonly quantity: Quantity };

export interface AirdropRequest {
  readonly caller: AirdropCaller;
  readonly assetId: AssetId;
  readonly recipients: Recipients;
}

/** What an airdrop would be if it were created now. */
export const airdropPreviewSchema = airdropSchema
  .pick({ recipients: true, total_quantity: true, total_value: true })
  .extend({
    needs_approval: z.boolean().describe('Whether a second administrator has to approve it.'),
    first_recipients: z.array(z.string()).describe('The names of the first ten recipients.'),
  });
type AirdropPreview = z.infer<typeof airdropPreviewSchema>;

const SHOWN_RECIPIENTS = 10;

/**
 * Checks an airdrop as a whole and says what it would be. Writes nothing.
 * @throws NotFoundError (404), ValidationError (422), StateConflictError (409) as `createAirdrop`
 */
export async function previewAirdrop(deps: AirdropDeps, request: AirdropRequest): Promise<AirdropPreview> {
  const { recipients, total, value } = await planAirdrop(deps, request);
  return {
    recipients: recipients.length,
    total_quantity: formatQuantity(total),
    total_value: formatUsd(value),
    needs_approval: await needsApproval(deps, request.caller, { recipients, value }),
    first_recipients: recipients.slice(0, SHOWN_RECIPIENTS).map(({ username }) => username),
  };
}

/**
 * Creates an airdrop. It runs at once, or awaits a second administrator when it is large. The airdrop, all of its
 * recipients, its first due work, the audit event and the stored answer to a retry are one commit.
 * @throws NotFoundError (404) for an unknown asset
 * @throws StateConflictError (409) for a delisted asset
 * @throws ValidationError (422) that names every bad line
 */
export async function createAirdrop(
  deps: AirdropDeps,
  {
    reason,
    intent,
    ...request
  }: AirdropRequest & { readonly reason: string; readonly intent: Intent | undefined },
): Promise<Once<Airdrop>> {
  const { caller, assetId } = request;
  const { recipients, total, value } = await planAirdrop(deps, request);
  const isProposed = await needsApproval(deps, caller, { recipients, value });
  const now = deps.clock.now();
  const at = isoTime(now);
  const airdrop_id = deps.ids.next();
  const airdrop: Airdrop = {
    airdrop_id,
    asset_id: assetId,
    reason,
    status: isProposed ? 'proposed' : 'running',
    recipients: recipients.length,
    total_quantity: formatQuantity(total),
    total_value: formatUsd(value),
    created_by: caller.username,
    created_at: at,
    expires_at: isProposed ? isoTime(addSeconds(now, PROPOSAL_LIFETIME_SECONDS)) : null,
    approved_by: null,
    handled: 0,
    posted: 0,
    skipped: 0,
    failed: 0,
    posted_quantity: formatQuantity(ZERO),
    work_due_at: isProposed ? null : at,
    updated_at: at,
    finished_at: null,
  };
  const { total_quantity, total_value } = airdrop;
  const audit = auditAirdrop(deps, caller, {
    action: isProposed ? 'propose_airdrop' : 'create_airdrop',
    airdrop,
    facts: { asset_id: assetId, recipients: String(recipients.length), total_quantity, total_value, reason },
  });
  const work = dueWorkOf(airdrop);
  return transactOnce(deps.store, {
    intent,
    now,
    answer: airdropSchema,
    reads: {},
    decide: () => ({
      writes: [
        airdropRecord.create(airdrop),
        ...partsOf(airdrop_id, recipients).map((part) => airdropPartRecord.create(part)),
        ...(work ? [dueWorkRecord.create(work)] : []),
        audit,
      ],
      result: airdrop,
    }),
  });
}

interface AirdropPlan {
  readonly recipients: readonly AirdropRecipient[];
  readonly total: Decimal;
  /** USD. */
  readonly value: Decimal;
}

async function planAirdrop(deps: AirdropDeps, request: AirdropRequest): Promise<AirdropPlan> {
  const asset = await deps.assets.getAsset(request.assetId);
  if (!asset) throw new NotFoundError('The asset');
  if (asset.status === 'delisted') throw new StateConflictError(`${asset.asset_id} is delisted.`);
  const recipients = await findRecipients(deps, request.recipients, asset);
  if (recipients.length === 0)
    throw ValidationError.ofField('group', 'No active customer is in this group.', 'no_recipients');
  const total = totalOf(recipients);
  return { recipients, total, value: roundUp(total.times(priceOf(deps, asset)), CURRENCY_SCALE) };
}

async function findRecipients(
  deps: AirdropDeps,
  recipients: Recipients,
  asset: Asset,
): Promise<AirdropRecipient[]> {
  if ('group' in recipients) {
    const { quantity } = recipients;
    if (!decimal(quantity).fits(asset.quantity_scale))
      throw ValidationError.ofField('quantity', `At most ${asset.quantity_scale} digits after the point.`);
    const users =
      recipients.group === 'holders' ? await holdersOf(deps, recipients.heldAsset) : await allUsers(deps);
    return users
      .filter((user) => problemOf(user) === undefined)
      .map(({ username }) => ({ username, quantity }));
  }
  const lines: Line[] = 'csv' in recipients ? parseTable(recipients.csv) : linesOfList(recipients.list);
  const users = await readUsers(
    deps,
    lines.map(({ recipient }) => recipient.username),
  );
  return checkLines(lines, { users, asset });
}

/** Reads users by name, those that exist. */
async function readUsers(
  { store }: Pick<AirdropDeps, 'store'>,
  usernames: readonly Username[],
): Promise<Map<Username, User>> {
  const users = new Map<Username, User>();
  for (let start = 0; start < usernames.length; start += MAX_BATCH_GET_ITEMS) {
    const names = usernames.slice(start, start + MAX_BATCH_GET_ITEMS);
    const keys = [...new Set(names)].map((username) => userRecord.key({ username }));
    for (const item of await store.batchGet(keys)) {
      const user = userRecord.readIfPresent(item);
      if (user) users.set(user.username, user);
    }
  }
  return users;
}

async function allUsers({ users }: AirdropDeps): Promise<readonly User[]> {
  return collect(async (page) => users.getUsers('', page));
}

async function holdersOf(deps: AirdropDeps, assetId: AssetId): Promise<User[]> {
  const positions = await collect(async (page) => deps.holdings.getAllBalancesForAsset(assetId, page));
  const holders = positions.filter(({ quantity }) => decimal(quantity).gt('0'));
  const found = await readUsers(
    deps,
    holders.map(({ username }) => username),
  );
  return [...found.values()];
}

/** @throws ValidationError (422) when the group is larger than an airdrop may be */
async function collect<Entity>(
  read: (page: PageRequest) => Promise<Page<Entity>>,
): Promise<readonly Entity[]> {
  const all = await collectPages(read, {
    pageSize: PAGE_SIZE,
    maxItems: MAX_AIRDROP_RECIPIENTS,
    maxPages: MAX_PAGES,
  });
  if (all) return all;
  const message = `The group has more than ${MAX_AIRDROP_RECIPIENTS} members.`;
  throw ValidationError.ofField('group', message, 'too_many_recipients');
}

/** Returns whether an airdrop is large, by itself or with the others that its creator gave away without a second person. */
async function needsApproval(
  { airdrops, clock }: AirdropDeps,
  { username }: AirdropCaller,
  { recipients, value }: Pick<AirdropPlan, 'recipients' | 'value'>,
): Promise<boolean> {
  const since = isoTime(addSeconds(clock.now(), -DAY_SECONDS));
  const { items } = await airdrops.getAirdrops({ limit: PAGE_SIZE, offset: 0, after: undefined });
  const given = items
    .filter((one) => one.created_by === username && one.expires_at === null && one.created_at > since)
    .reduce((sum, { total_value }) => sum.plus(total_value), value);
  return recipients.length > MAX_UNREVIEWED_RECIPIENTS || given.gt(MAX_UNREVIEWED_USD);
}

type AirdropAction =
  | 'propose_airdrop'
  | 'create_airdrop'
  | 'approve_airdrop'
  | 'reject_airdrop'
  | 'pause_airdrop'
  | 'resume_airdrop'
  | 'cancel_airdrop';

/** Returns the write of the audit event of a step of an airdrop. */
export function auditAirdrop(
  { audit }: Pick<AirdropDeps, 'audit'>,
  { username, origin }: AirdropCaller,
  {
    action,
    airdrop,
    facts = {},
  }: {
    readonly action: AirdropAction;
    readonly airdrop: Pick<Airdrop, 'airdrop_id'>;
    readonly facts?: Readonly<Record<string, string>>;
  },
) {
  const detail = { action, airdrop_id: airdrop.airdrop_id, ...facts };
  return audit.writeFor(
    audit.eventOf({ type: 'admin_action', username, actor: username, ...origin, detail }),
  );
}
