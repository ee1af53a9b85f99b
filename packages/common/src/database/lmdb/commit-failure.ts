/** Less free space than this counts as full: a file system reserves some, and a commit writes many pages. */
const NOTHING_LEFT_BYTES = 4 * 1_024 * 1_024;

/** The known causes, by the number or the words of the system, and what to do. */
const CAUSES = [
  {
    pattern: /no space left|disk quota exceeded|MDB_MAP_FULL|\bENOSPC\b|\bEDQUOT\b/i,
    numbers: [28, 122],
    words: 'the disk is full. Free some space and start again',
  },
  {
    pattern: /permission denied|operation not permitted|read-only file system|\bE(?:ACCES|PERM|ROFS)\b/i,
    numbers: [1, 13, 30],
    words:
      'permission denied. Give the user that runs this process the right to write to the folder and its files, ' +
      'on a file system that is not read-only, and start again',
  },
  {
    pattern: /input\/output error|i\/o error|\bEIO\b/i,
    numbers: [5],
    words:
      'I/O error: the disk or its controller fails. Look at the log of the system, move the folder to a sound disk ' +
      'and start again',
  },
] as const;
const [DISK_FULL] = CAUSES;

/**
 * Returns one line that says why a commit failed and what to do. A disk that fills up within a page is reported as an
 * I/O error, so the free space counts as well.
 */
export function explainCommitFailure(
  error: unknown,
  { folder, freeBytes }: { readonly folder: string; readonly freeBytes: number | undefined },
): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const named = CAUSES.find(
    ({ pattern, numbers }) =>
      pattern.test(`${String(code)} ${text}`) ||
      (typeof code === 'number' && numbers.some((number) => number === code)),
  );
  const isFull = freeBytes !== undefined && freeBytes < NOTHING_LEFT_BYTES;
  const words = (isFull ? DISK_FULL : named)?.words ?? 'see the error above. Start again';
  return `The store in ${folder} could not commit (${text}): ${words}; every change that was answered is on disk.`;
}
