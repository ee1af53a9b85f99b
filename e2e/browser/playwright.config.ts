import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from '@playwright/test';

const results = path.join(import.meta.dirname, 'results');
/** Debian's Chromium without windows takes a fifth less of the processor. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';
const browserPath = existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : '/usr/bin/chromium';
const isRoot = process.getuid?.() === 0;
const isCi = process.env['CI'] !== undefined;

export default defineConfig({
  testDir: '.',
  outputDir: path.join(results, 'artifacts'),
  // One browser and one or two servers at a time are what a small machine carries without making tests slow.
  workers: 1,
  fullyParallel: false,
  forbidOnly: isCi,
  // Patience, not bounds: a machine that is busy with something else is slow, not broken. For the same reason CI tries
  // once more, and says which test it had to.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  retries: isCi ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: path.join(results, 'report.json') }]],
  projects: [
    { name: 'tests', testMatch: '**/*.spec.ts' },
    // Made on demand, for people to look at: `npm run screenshots`.
    { name: 'screenshots', testMatch: 'screenshots.ts' },
    // Needs npm's registry and a quiet machine: `npm run check:lighthouse`.
    { name: 'lighthouse', testMatch: 'lighthouse.ts' },
  ],
  use: {
    launchOptions: {
      executablePath: process.env['CHROMIUM_PATH'] ?? browserPath,
      args: isRoot ? ['--no-sandbox'] : [],
    },
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    // Nothing has to be waited for that only fades. Tests of motion ask for it.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
  },
});
