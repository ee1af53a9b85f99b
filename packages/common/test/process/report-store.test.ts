import { reportStore } from '@cnop/common/process/report-store';
import { expect, it, vi } from 'vitest';

const DISK = { freeBytes: 100, minFreeBytes: 200 };

it('logs a full disk as an error, its recovery, a failed sweep and an unprotected table with their cause', () => {
  const logger = { error: vi.fn(), info: vi.fn() };
  const { onDiskChange, onSweepFailure, onUnprotected } = reportStore(logger);
  const failure = new Error('sweep');
  onDiskChange?.({ ...DISK, isFull: true });
  onDiskChange?.({ ...DISK, isFull: false });
  onSweepFailure?.(failure);
  onUnprotected?.({ table: 'cnop-users', what: 'point-in-time recovery', error: failure });
  const figures = { free_bytes: 100, min_free_bytes: 200 };
  expect(logger.error.mock.calls).toEqual([
    [figures, expect.stringContaining('the disk is nearly full')],
    [{ err: failure }, expect.stringContaining('deleting expired items failed')],
    [
      { err: failure, table: 'cnop-users' },
      expect.stringContaining('the new table has no point-in-time recovery: enable it'),
    ],
  ]);
  expect(logger.info.mock.calls).toEqual([[figures, expect.stringContaining('has space again')]]);
});
