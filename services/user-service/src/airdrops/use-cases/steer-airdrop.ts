import type { AirdropId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { formatCsv } from '@cnop/common/core/csv';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { airdropRecord } from '@cnop/common/dao/asset/airdrop-dao';
import { dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Reads, Write } from '@cnop/common/database/table-store';
import type { Airdrop, AirdropResult, AirdropStatus } from '@cnop/common/entities/asset/airdrop';
import { advanceAirdrop } from '@cnop/common/entities/asset/airdrop';
import { ForbiddenError, NotFoundError, StateConflictError } from '@cnop/exception/errors';
import type { AirdropCaller, AirdropDeps } from './create-airdrop.ts';
import { auditAirdrop } from './create-airdrop.ts';
import { dueWorkOf } from './post-airdrop.ts';

/** What administrators do with an airdrop. */
export type AirdropStep = 'approve' | 'reject' | 'pause' | 'resume' | 'cancel';

/** The statuses in which each step is possible, and the status that follows. */
const STEPS: Readonly<
  Record<AirdropStep, { readonly from: readonly AirdropStatus[]; readonly to: AirdropStatus }>
> = {
  approve: { from: ['proposed'], to: 'running' },
  reject: { from: ['proposed'], to: 'cancelled' },
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['paused'], to: 'cancelled' },
};

interface SteerAirdrop {
  readonly caller: AirdropCaller;
  readonly airdropId: AirdropId;
  readonly step: AirdropStep;
}

/**
 * Takes a step with an airdrop. A running one is paused before it is cancelled. Every posting reads the status in its commit, so none follows a pause or a cancellation.
 * @throws NotFoundError (404)
 * @throws StateConflictError (409) when the status does not allow the step, or the proposal has expired
 * @throws ForbiddenError (403) when the creator approves, and for callers who are not active administrators
 * @see docs/reference/airdrops.md
 */
export async function steerAirdrop(
  deps: AirdropDeps,
  { caller, airdropId, step }: SteerAirdrop,
): Promise<Airdrop> {
  const known = await readAirdrop(deps, airdropId);
  // A paused airdrop has results after its last note of progress, and gets no more of them: then its counts are exact.
  if (step === 'cancel' && known.status === 'running') {
    await steerAirdrop(deps, { caller, airdropId, step: 'pause' });
    return steerAirdrop(deps, { caller, airdropId, step });
  }
  const later = step === 'cancel' ? await laterResults(deps, known) : [];
  const now = deps.clock.now();
  const at = isoTime(now);
  const audit = auditAirdrop(deps, caller, { action: `${step}_airdrop`, airdrop: known });
  const work = dueWorkOf(known);
  const reads: Reads = {
    airdrop: airdropRecord.key({ airdrop_id: airdropId }),
    actor: userRecord.key(caller),
    ...(work && { work: dueWorkRecord.key(work) }),
  };
  return deps.store.transact(reads, (items) => {
    const airdrop = airdropRecord.readIfPresent(items['airdrop']) ?? known;
    const actor = userRecord.readIfPresent(items['actor']);
    if (actor?.role !== 'admin' || actor.status !== 'active') throw new ForbiddenError();
    const { from, to } = STEPS[step];
    if (!from.includes(airdrop.status))
      throw new StateConflictError(`The airdrop is ${airdrop.status}: you cannot ${step} it.`);
    if (step === 'approve') assertMayApprove(airdrop, caller, now);
    const changed: Airdrop = {
      ...airdrop,
      ...advanceAirdrop(airdrop, airdrop.handled === known.handled ? later : []),
      status: to,
      ...(step === 'approve' && { approved_by: caller.username }),
      work_due_at: to === 'running' ? at : null,
      finished_at: to === 'cancelled' ? at : null,
      updated_at: at,
    };
    const next = dueWorkOf(changed);
    const writes: Write[] = [
      airdropRecord.replace(changed),
      // Work that was read and has been replaced since ends by itself: it finds another time in the airdrop.
      ...(work && items['work'] ? [{ kind: 'delete', key: dueWorkRecord.key(work) } as const] : []),
      ...(next ? [dueWorkRecord.create(next)] : []),
      audit,
    ];
    return { writes, result: changed };
  });
}

/** Returns the results of recipients that the job is done with since it last noted its progress. */
async function laterResults(
  { airdrops }: AirdropDeps,
  { airdrop_id, handled }: Airdrop,
): Promise<AirdropResult[]> {
  return (await airdrops.getResults(airdrop_id)).filter(({ position }) => position >= handled);
}

function assertMayApprove({ created_by, expires_at }: Airdrop, caller: AirdropCaller, now: Date): void {
  if (created_by === caller.username)
    throw new ForbiddenError('You created this airdrop: another administrator has to approve it.');
  if (expires_at !== null && now.getTime() >= Date.parse(expires_at))
    throw new StateConflictError('The airdrop has expired: create it again.');
}

/**
 * Returns an airdrop.
 * @throws NotFoundError (404)
 */
export async function readAirdrop(
  { airdrops }: Pick<AirdropDeps, 'airdrops'>,
  airdropId: AirdropId,
): Promise<Airdrop> {
  const airdrop = await airdrops.getAirdrop(airdropId);
  if (!airdrop) throw new NotFoundError('The airdrop');
  return airdrop;
}

/** Lists airdrops, newest first. */
export async function listAirdrops(
  { airdrops }: Pick<AirdropDeps, 'airdrops'>,
  page: PageRequest,
): Promise<Page<Airdrop>> {
  return airdrops.getAirdrops(page);
}

const COLUMNS = ['username', 'quantity', 'outcome', 'problem', 'transaction_id', 'at'] as const;

/**
 * Returns the report of an airdrop as CSV: each recipient with what became of them, in the order of the recipients. The
 * outcome of those that nothing has been done for is empty.
 * @throws NotFoundError (404)
 */
export async function reportAirdrop(
  deps: Pick<AirdropDeps, 'airdrops'>,
  airdropId: AirdropId,
): Promise<string> {
  await readAirdrop(deps, airdropId);
  const [recipients, results] = await Promise.all([
    deps.airdrops.getRecipients(airdropId),
    deps.airdrops.getResults(airdropId),
  ]);
  const byPosition = new Map(results.map((result) => [result.position, result]));
  const rows = recipients.map(({ username, quantity }, position) => {
    const result = byPosition.get(position);
    const { outcome = '', problem, transaction_id, at = '' } = result ?? {};
    return [username, quantity, outcome, problem ?? '', transaction_id ?? '', at];
  });
  return formatCsv(COLUMNS, rows);
}
