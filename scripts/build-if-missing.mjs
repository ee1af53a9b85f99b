// Runs before `npm start` and `npm run cnop`. Compiles the platform and bundles the web app when a build is missing or older
// than its sources. `tsc -b` would detect that too, but takes a second to do so.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

const webApp = path.join(root, 'apps/web');
const builtWebApp = path.join(webApp, 'dist/index.html');
/** The sources of the bundle, including the parts of the Common Package that run in a browser. */
const webSources = [
  'apps/web/src',
  'apps/web/public',
  'apps/web/index.html',
  'apps/web/package.json',
  'apps/web/vite.config.ts',
  'packages/common/src/core',
  'packages/common/src/entities',
  'packages/common/src/trading',
  'packages/exception/src',
].map((source) => path.join(root, source));

function modifiedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** Workspaces that neither `npm start` nor `cnop` loads. */
const notRun = new Set(['packages/testing', 'bench', 'apps/web', 'e2e/chaos']);

/** Returns the folders to compile, without references to files such as the one to the tests. */
function workspaces() {
  const { references } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
  const folders = references.map((reference) => reference.path);
  return folders
    .filter((folder) => !folder.endsWith('.json') && !notRun.has(folder))
    .map((folder) => path.join(root, folder));
}

/** Returns the latest time of change of a file or of all files in a folder, or 0 when there is none. */
function newestMs(source) {
  if (!statSync(source, { throwIfNoEntry: false })?.isDirectory()) return modifiedMs(source) ?? 0;
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(0, ...files.map((entry) => modifiedMs(path.join(entry.parentPath, entry.name)) ?? 0));
}

const buildInfo = (folder) => path.join(folder, 'dist/.tsbuildinfo');

function isStale(folder) {
  const newest = newestMs(path.join(folder, 'src'));
  return newest > 0 && newest > (modifiedMs(buildInfo(folder)) ?? 0);
}

function build(folders) {
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  if (!existsSync(compiler)) {
    console.error('The dependencies are not installed yet. Run `npm install` first.');
    return 1;
  }
  console.error('Building, because the sources are newer than the last build. This takes a few seconds.');
  const startedAt = new Date();
  const { status } = spawnSync(process.execPath, [compiler, '-b', ...folders], {
    cwd: root,
    stdio: 'inherit',
  });
  // The compiler writes its output even after errors, and does not write it when sources were touched without a change.
  // So the time is set here: a failed build stays stale, and a successful one does not.
  const builtAt = status === 0 ? startedAt : new Date(0);
  for (const folder of folders.filter((each) => existsSync(buildInfo(each)))) {
    utimesSync(buildInfo(folder), builtAt, builtAt);
  }
  if (status !== 0) console.error('The build failed; see the messages above.');
  return status === 0 ? 0 : 1;
}

function isWebAppStale() {
  return Math.max(...webSources.map(newestMs)) > (modifiedMs(builtWebApp) ?? 0);
}

function buildWebApp() {
  const bundler = bundlerPath();
  if (bundler === undefined) {
    console.error('The web app is not built, since its bundler is not installed. The API works without it.');
    return 0;
  }
  console.error('Building the web app. This takes a few seconds.');
  const startedAt = new Date();
  const { status } = spawnSync(process.execPath, [bundler, 'build', '--logLevel', 'warn'], {
    cwd: webApp,
    stdio: 'inherit',
  });
  if (status === 0) utimesSync(builtWebApp, startedAt, startedAt);
  else console.error('The build of the web app failed; see the messages above.');
  return status === 0 ? 0 : 1;
}

/** Returns undefined when only the dependencies of production are installed. */
function bundlerPath() {
  try {
    const manifest = createRequire(path.join(webApp, 'package.json')).resolve('vite/package.json');
    return path.join(path.dirname(manifest), 'bin/vite.js');
  } catch {
    return undefined;
  }
}

if (!existsSync(path.join(root, 'node_modules'))) {
  console.error('The dependencies are not installed yet. Run `npm install` first.');
  process.exitCode = 1;
} else {
  const stale = workspaces().filter(isStale);
  if (stale.length > 0) process.exitCode = build(stale);
  if (!process.exitCode && isWebAppStale()) process.exitCode = buildWebApp();
}
