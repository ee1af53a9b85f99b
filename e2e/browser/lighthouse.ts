import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './support/test.ts';

// Measures with Google's Lighthouse, which brings a hundred packages and is wanted rarely: npm fetches it when this runs.
const LIGHTHOUSE = 'lighthouse@12.8.2';
const GOALS: Readonly<Record<string, number>> = {
  accessibility: 100,
  performance: 90,
  'best-practices': 100,
};
const REPORT = path.join(import.meta.dirname, 'results/lighthouse.json');

interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
  readonly audits: Readonly<
    Record<string, { readonly id: string; readonly score: number | null; readonly title: string }>
  >;
}

test.use({ feed: 'moving' });
test.setTimeout(300_000);

test('the market page reaches the goals of Lighthouse on a desktop', async ({ platform }, { project }) => {
  const { executablePath, args = [] } = project.use.launchOptions ?? {};
  await mkdir(path.dirname(REPORT), { recursive: true });
  await promisify(execFile)(
    'npm',
    [
      'exec',
      '--yes',
      `--package=${LIGHTHOUSE}`,
      '--',
      'lighthouse',
      platform.url,
      '--preset=desktop',
      '--quiet',
      `--only-categories=${Object.keys(GOALS).join(',')}`,
      '--output=json',
      `--output-path=${REPORT}`,
      `--chrome-flags=${['--headless=new', ...args].join(' ')}`,
    ],
    { env: { ...process.env, CHROME_PATH: executablePath } },
  );
  const { categories, audits } = JSON.parse(await readFile(REPORT, 'utf8')) as Report;
  const scores = Object.fromEntries(
    Object.keys(GOALS).map((name) => [name, Math.round((categories[name]?.score ?? 0) * 100)]),
  );
  console.log('Lighthouse:', scores);
  const failed = Object.values(audits).filter(({ score }) => score !== null && score < 0.9);
  const detail = failed.map(({ id, title }) => `${id}: ${title}`).join('\n');
  for (const [name, goal] of Object.entries(GOALS)) {
    expect(scores[name], `${name}\n${detail}`).toBeGreaterThanOrEqual(goal);
  }
});
