import { expect, test } from 'vitest';
import { exitCodeOf, reportText } from '../../src/commands/verify.ts';
import type { AuditReport } from '../../src/verify/audit-store.ts';

const SOUND: AuditReport = {
  violations: [],
  violation_count: 0,
  is_snapshot: true,
  reread: 0,
  unsettled: [],
  counts: {
    users: 1_200,
    transactions: 34_567,
    orders: 9,
    trades: 9,
    events: 21,
    holdings: 3,
    assets: 50,
    items: 1_234_567,
    cash_total: '1234567.80',
    fee_total: '98.70',
    accounts: { 'house:fee': '98.7' },
    wallets: { EUR: '12.5' },
  },
};
const BROKEN = {
  rule: 'balance-current',
  keys: [{ table: 'users', pk: 'bob', sk: 'BALANCE' }],
  message: 'It is 5.00.',
} as const;

test('a sound report is a short table and a verdict', () => {
  expect(reportText(SOUND, 1_254)).toBe(
    `  users                       1,200
  cash total          $1,234,567.80
  fees paid                  $98.70
  ledger entries             34,567
  orders                          9
  asset transactions              9
  events                         21
  holdings                        3
  assets                         50
  items in all            1,234,567
  seconds                      1.25

OK: all 91 rules hold.
`,
  );
});

test('a violation is shown with its rule, its message and its keys', () => {
  const text = reportText({ ...SOUND, violations: [BROKEN], violation_count: 1 }, 0);
  expect(text).toContain(
    `1 violation:

  balance-current: the current balance is where the ledger ends
    It is 5.00.
    users/bob/BALANCE
`,
  );
});

test('at most 100 violations are shown, and the rest is counted', () => {
  const violations = Array.from({ length: 150 }, () => BROKEN);
  const text = reportText({ ...SOUND, violations, violation_count: 2_345 }, 0);
  expect(text.match(/It is 5\.00\./g)).toHaveLength(100);
  expect(text).toContain('2,345 violations:');
  expect(text).toContain('and 2,245 more.');
});

test('a report that was not read as of one moment says so', () => {
  expect(reportText({ ...SOUND, is_snapshot: false }, 0)).toContain('This store has no snapshots');
  expect(reportText(SOUND, 0)).not.toContain('snapshot');
});

test('what could not be settled is told apart from a violation, in the text and in the exit code', () => {
  const bob = { what: 'the account bob', keys: BROKEN.keys };
  const unsettled: AuditReport = { ...SOUND, is_snapshot: false, reread: 12, unsettled: [bob] };
  const text = reportText(unsettled, 0);
  expect(text).toContain('what seemed wrong was read again (12 accounts or other items)');
  expect(text).toContain('NOT SETTLED: no violation was found, but not everything could be checked.');
  expect(text).toContain('  the account bob\n');
  expect(text).not.toContain('OK');
  expect(exitCodeOf(unsettled)).toBe(3);

  const both: AuditReport = { ...unsettled, violations: [BROKEN], violation_count: 1 };
  expect(reportText(both, 0)).toContain('1 violation:');
  expect(reportText(both, 0)).toContain('  the account bob\n');
  expect(exitCodeOf(both)).toBe(1);
  expect(exitCodeOf(SOUND)).toBe(0);
});
