import { reportStore } from '@cnop/common/process/report-store';
import { expect, it, vi } from 'vitest';

const DISK = { freeBytes: 100, minFreeBytes: 200 };

it('logs a full disk as an error, its recovery, and a failed sweep with its cause', () => {
  const logger = { error: vi.fn(), info: vi.fn() };
  const { onDiskChange, onSweepFailure } = reportStore(logger);
  const failure = new Error('sweep');
  onDiskChange?.({ ...DISK, isFull: true });
  onDiskChange?.({ ...DISK, isFull: false });
  onSweepFailure?.(failure);
  const figures = { free_bytes: 100, min_free_bytes: 200 };
  expect(logger.error.mock.calls).toEqual([
    [figures, expect.stringContaining('the disk is nearly full')],
    [{ err: failure }, expect.stringContaining('deleting expired items failed')],
  ]);
  expect(logger.info.mock.calls).toEqual([[figures, expect.stringContaining('has space again')]]);
});
