// Copies what the platform needs at run time into a folder: the builds of its packages and the dependencies that these name,
// without sources, types, source maps and documentation. `node deploy/image/collect-runtime.mjs /app [--with-exchanges]`
//
// `npm ci --omit=dev` would also install what packages/testing depends on, since that is a workspace too.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** The command line, which starts every service. */
const ENTRY = 'apps/standalone';
/** Files besides packages. */
const EXTRA_PATHS = [
  'package.json',
  'LICENSE',
  'apps/web/dist',
  'deploy/image/check-health.mjs',
  'deploy/image/write-keys.mjs',
];
/** The library of exchanges takes as much space as all others together, and only PRICE_FEED=exchange loads it. */
const EXCHANGES = 'ccxt';
/** Builds for browsers and for the C library of Alpine, tests, sources, types, source maps and documentation. */
const NOT_RUN =
  /\.(?:map|[cm]?ts|tsx|md|markdown|tsbuildinfo|[ch]|cpp)$|\.musl\.node$|-es-bundle|\/dist-(?:es|types)$|\/node_modules\/(?:@[^/]+\/)?[^/]+\/tests?$/;
/** A native module for one version of Node, which is that of this process. */
const FOR_ONE_VERSION = /\.abi(?<version>\d+)\./;

const root = path.resolve(import.meta.dirname, '../..');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'with-exchanges': { type: 'boolean', default: false } },
});
const target = path.resolve(positionals[0] ?? 'dist');
const leftOut = values['with-exchanges'] ? [] : [EXCHANGES];

/** Returns the folder of a dependency as Node finds it from another package, or undefined when it is not installed. */
function findPackage(name, from) {
  for (let folder = from; folder.startsWith(root); folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** Returns the folders of the installed packages that a package names. */
function dependenciesOf(folder) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  const found = names.map((name) => ({ name, folder: findPackage(name, folder) }));
  const missing = found.find(
    (each) => each.folder === undefined && each.name in dependencies && !(each.name in optionalDependencies),
  );
  if (missing) throw new Error(`${missing.name}, a dependency of ${folder}, is not installed.`);
  return found
    .filter((each) => each.folder !== undefined && !leftOut.includes(each.name))
    .map((each) => each.folder);
}

function isRun(file) {
  const version = FOR_ONE_VERSION.exec(file)?.groups?.version;
  return !NOT_RUN.test(file) && (version === undefined || version === process.versions.modules);
}

/** Copies a file or folder to the same place under the target, without what does not run. */
function copy(source) {
  const destination = path.join(target, path.relative(root, source));
  mkdirSync(path.dirname(destination), { recursive: true });
  cpSync(source, destination, { recursive: true, filter: isRun });
}

/** Copies the link of a workspace, such as node_modules/@cnop/common. */
function copyLink(source) {
  const destination = path.join(target, path.relative(root, source));
  mkdirSync(path.dirname(destination), { recursive: true });
  symlinkSync(readlinkSync(source), destination);
}

const copied = new Set();
const waiting = [path.join(root, ENTRY)];
for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
  if (copied.has(folder)) continue;
  copied.add(folder);
  const real = realpathSync(folder);
  if (real !== folder) {
    copyLink(folder);
    waiting.push(real);
    continue;
  }
  if (folder.includes('/node_modules/')) copy(folder);
  else for (const part of ['package.json', 'dist']) copy(path.join(folder, part));
  waiting.push(...dependenciesOf(folder));
}
for (const extra of EXTRA_PATHS) copy(path.join(root, extra));
