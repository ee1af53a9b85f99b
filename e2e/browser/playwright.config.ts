import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from '@playwright/test';

const results = path.join(import.meta.dirname, 'results');
/** Debian's headless Chromium uses a fifth less CPU. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';
const browserPath = existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : '/usr/bin/chromium';
const isRoot = process.getuid?.() === 0;
const isCi = process.env['CI'] !== undefined;

export default defineConfig({
  testDir: '.',
  outputDir: path.join(results, 'artifacts'),
  // Each worker has a browser and servers of its own. Half of a test is waiting, so two workers keep two cores busy.
  workers: 2,
  fullyParallel: false,
  forbidOnly: isCi,
  // Generous timeouts, not bounds: a busy machine is slow, not broken. For the same reason CI retries once and reports
  // the test.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  retries: isCi ? 1 : 0,
  reporter: [['list'], ['json', { outputFile: path.join(results, 'report.json') }]],
  projects: [
    { name: 'tests', testMatch: '**/*.spec.ts' },
    // Run on demand: `npm run screenshots`.
    { name: 'screenshots', testMatch: 'screenshots.ts' },
    // Needs the npm registry and a quiet machine: `npm run check:lighthouse`.
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
    // Reduced motion, so that no test waits for animations. Tests of motion enable it.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
  },
});
