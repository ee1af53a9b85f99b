// Runs before `npm start` and `npm run cnop`: compiles when there is nothing to run or when it is older than the
// sources, and otherwise gets out of the way. `tsc -b` would find that out too, but takes a second to do so.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

function modifiedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** The folders the build consists of. References that name a file, such as the tests, are never run. */
function workspaces() {
  const { references } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
  return references.map((reference) => reference.path).filter((folder) => !folder.endsWith('.json'));
}

function newestSourceMs(folder) {
  const source = path.join(root, folder, 'src');
  if (!existsSync(source)) return 0;
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(0, ...files.map((entry) => modifiedMs(path.join(entry.parentPath, entry.name)) ?? 0));
}

const buildInfo = (folder) => path.join(root, folder, 'dist/.tsbuildinfo');

function isStale(folder) {
  const newest = newestSourceMs(folder);
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
  // The compiler writes its output even where it found errors, and leaves it alone where sources were only touched.
  // So the time is set here: a failed build stays stale, and a good one does not look stale for ever.
  const builtAt = status === 0 ? startedAt : new Date(0);
  for (const folder of folders.filter((each) => existsSync(buildInfo(each)))) {
    utimesSync(buildInfo(folder), builtAt, builtAt);
  }
  if (status !== 0) console.error('The build failed; see the messages above.');
  return status === 0 ? 0 : 1;
}

if (!existsSync(path.join(root, 'node_modules'))) {
  console.error('The dependencies are not installed yet. Run `npm install` first.');
  process.exitCode = 1;
} else {
  const stale = workspaces().filter(isStale);
  if (stale.length > 0) process.exitCode = build(stale);
}
