import { airdropPartRecord, airdropResultRecord } from '@cnop/common/dao/asset/airdrop-dao';
import { assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import { RECIPIENTS_PER_PART } from '@cnop/common/entities/asset/airdrop';
import type { Lookups } from './lookups.ts';
import { lookUp, readAs } from './lookups.ts';
import {
  checkAirdropReport,
  checkPosting,
  checkRecipient,
  isFinished,
  resultNamedBy,
} from './rules/airdrops.ts';
import type { Reading, StoredOf } from './stored-kinds.ts';
import type { Findings } from './violation.ts';
import { violation } from './violation.ts';

interface AirdropWalkDeps {
  readonly findings: Findings;
  readonly lookups: Lookups;
}

/** Checks airdrops while the users table is read: what belongs to them is looked up, since it lies in other partitions. */
export function createAirdropWalk({ findings, lookups }: AirdropWalkDeps) {
  async function visitTransaction(transaction: StoredOf<'asset transaction'>): Promise<void> {
    const named = resultNamedBy(transaction.entity);
    if (!named) {
      const text = 'The id of the transaction names no recipient of an airdrop.';
      findings.add([violation('airdrop-posting', [transaction.key], text)]);
      return;
    }
    const key = airdropResultRecord.key(named);
    const check = lookUp('airdrop result', key, (result) => checkPosting(transaction, result, key));
    await lookups.ask(check);
  }

  async function visitResult(result: StoredOf<'airdrop result'>): Promise<void> {
    const { airdrop_id, position, outcome, transaction_id, at: timestamp } = result.entity;
    const part = Math.floor(position / RECIPIENTS_PER_PART);
    const partKey = airdropPartRecord.key({ airdrop_id, part });
    await lookups.ask(lookUp('airdrop part', partKey, (found) => checkRecipient(result, found)));
    if (outcome !== 'posted' || transaction_id === null) return;
    const key = assetTransactionRecord.key({ ...result.entity, transaction_id, timestamp });
    const missing = [violation('airdrop-posting', [result.key, key], 'Its asset transaction is missing.')];
    await lookups.ask({ keys: [key], check: ([item]) => (item ? [] : missing) });
  }

  async function visitAirdrop(airdrop: StoredOf<'airdrop'>): Promise<void> {
    const { airdrop_id, recipients, handled } = airdrop.entity;
    if (!isFinished(airdrop.entity)) return;
    const parts = Array.from({ length: Math.ceil(recipients / RECIPIENTS_PER_PART) }, (_, part) =>
      airdropPartRecord.key({ airdrop_id, part }),
    );
    // One more than it counts.
    const results = Array.from({ length: handled + 1 }, (_, position) =>
      airdropResultRecord.key({ airdrop_id, position }),
    );
    await lookups.ask({
      keys: [...parts, ...results],
      check(items) {
        const found = items.map((item, index) =>
          readAs(index < parts.length ? 'airdrop part' : 'airdrop result', item),
        );
        // An item that cannot be read is reported itself.
        if (found.includes('unreadable')) return [];
        const stored = found.filter((one) => one !== 'absent' && one !== 'unreadable');
        return checkAirdropReport(airdrop, {
          parts: stored.filter((one): one is StoredOf<'airdrop part'> => one.kind === 'airdrop part'),
          results: stored.filter((one): one is StoredOf<'airdrop result'> => one.kind === 'airdrop result'),
        });
      },
    });
  }

  return {
    /** Takes the next item of the table. */
    async visit(reading: Reading): Promise<void> {
      if (reading.outcome !== 'read') return;
      const { stored } = reading;
      if (stored.kind === 'airdrop') await visitAirdrop(stored);
      if (stored.kind === 'airdrop result') await visitResult(stored);
      if (stored.kind === 'asset transaction' && stored.entity.transaction_type === 'airdrop')
        await visitTransaction(stored);
    },
  };
}
