import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RULES } from '../../src/verify/violation.ts';

const PAGE = new URL('../../../../docs/reference/verify.md', import.meta.url);

test('the page about the audit lists every rule once, and no other', async () => {
  const lines = (await readFile(PAGE, 'utf8')).split('\n');
  const listed = lines.flatMap((line) => /^\| `([a-z-]+)`/.exec(line)?.[1] ?? []);
  expect(listed.toSorted()).toEqual(Object.keys(RULES).toSorted());
});
