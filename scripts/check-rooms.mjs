// Prints the size of each package and the vague subjects in the whole tree, and exits with 1 when a limit is passed:
// `npm run check:rooms`. CONTRIBUTING.md says how files are cut and which words are used.
//
// With `--order` it also prints the project files that run between the request of a market order and its answer. This needs
// a build (`npm run build`) and starts a server.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import swc from '@swc/core';
import { filesOfOneOrder } from './order-coverage.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Lower a limit in the change that makes it possible. */
const MAX_TINY_FILES = 7;
const MAX_LARGE_FILES = 0;
const MAX_UNDOCUMENTED_FUNCTIONS = 0;
const MAX_VAGUE_SUBJECTS = 4;
const MAX_CASTS = 88;
const MAX_SUPPRESSIONS = 4;
const MAX_FILES_OF_AN_ORDER = 50;

const TINY_LINES = 15;
const LARGE_LINES = 300;

// cspell:ignore nobody somebody whoever anybody
const VAGUE_SUBJECT = /\b(?:nobody|somebody|whoever|anybody)\b/gi;
/** A line that lets the spelling pass a word is no use of it. */
const SPELLING_COMMENT = /^.*cspell:ignore.*$/gm;
const SUPPRESSION = /(?:oxlint|eslint)-disable|biome-ignore|@ts-(?:expect-error|ignore|nocheck)/g;

/** Sources whose exported functions have doc comments: what others call, and the rules. */
const DOCUMENTED = /^(?:packages\/[^/]+\/src|services\/[^/]+\/src\/(?:[^/]+\/)?(?:use-cases|domain))\//;
const EXPORTED_FUNCTION = /^export (?:(?:async )?function|(?:abstract )?class|const \w+ = (?:async )?[(<])/;

const SOURCE = /^(?<room>(?:packages|services|apps)\/[^/]+|bench)\/src\/.*\.tsx?$/;
const TEXT = /\.(?:tsx?|mjs|js|md|json|ya?ml|html|css)$|^\.ci\/run$/;
/** This list of the words is no use of them. */
const NOT_COUNTED = new Set(['scripts/check-rooms.mjs', 'cspell.config.yaml', 'package-lock.json']);

const read = (file) => readFileSync(path.join(root, file), 'utf8');
const count = (text, pattern) => text.match(pattern)?.length ?? 0;
/** @param {readonly number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Returns the files of the working tree that git does not ignore. */
function projectFiles() {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 };
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], options);
  const deleted = new Set(execFileSync('git', ['ls-files', '--deleted'], options).split('\n'));
  return [...new Set(listed.split('\n'))].filter((file) => file !== '' && !deleted.has(file));
}

/** Calls `visit` with each node of a syntax tree. */
function walk(node, visit) {
  if (Array.isArray(node)) for (const each of node) walk(each, visit);
  else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') visit(node);
    for (const child of Object.values(node)) walk(child, visit);
  }
}

/** Returns how many names a statement of a module exports. */
function exportedNames(statement) {
  if (statement.type === 'ExportNamedDeclaration') return statement.specifiers.length;
  if (statement.type.startsWith('ExportDefault') || statement.type === 'ExportAllDeclaration') return 1;
  if (statement.type !== 'ExportDeclaration') return 0;
  return statement.declaration.declarations?.length ?? 1;
}

/**
 * Returns the lines of the exported functions and classes without a doc comment, as `file:line`.
 *
 * @param {string} file
 * @param {string} text
 */
function undocumentedFunctions(file, text) {
  if (!DOCUMENTED.test(file)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    EXPORTED_FUNCTION.test(line) && !lines[index - 1]?.endsWith('*/') ? [`${file}:${index + 1}`] : [],
  );
}

function measureFile(file) {
  const text = read(file);
  const tree = swc.parseSync(text, { syntax: 'typescript', tsx: file.endsWith('.tsx'), target: 'es2022' });
  let casts = 0;
  // `as const` is a node of another type.
  walk(tree.body, (node) => {
    if (node.type === 'TsAsExpression') casts += 1;
  });
  return {
    file,
    lines: count(text, /\n/g),
    exported: sum(tree.body.map(exportedNames)),
    casts,
    suppressions: count(text, SUPPRESSION),
    undocumented: undocumentedFunctions(file, text),
  };
}

function measureRoom(room, files) {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(read(`${room}/package.json`));
  const measured = files.map(measureFile);
  return {
    room,
    files: files.length,
    lines: sum(measured.map((each) => each.lines)),
    exported: sum(measured.map((each) => each.exported)),
    casts: sum(measured.map((each) => each.casts)),
    suppressions: sum(measured.map((each) => each.suppressions)),
    dependencies: Object.keys({ ...dependencies, ...optionalDependencies }).filter(
      (name) => !name.startsWith('@cnop/'),
    ).length,
    undocumented: measured.flatMap((each) => each.undocumented),
    tiny: measured.filter((each) => each.lines <= TINY_LINES),
    large: measured.filter((each) => each.lines > LARGE_LINES),
  };
}

function measureRooms(files) {
  const rooms = new Map();
  for (const file of files) {
    const room = SOURCE.exec(file)?.groups.room;
    if (room !== undefined) rooms.set(room, [...(rooms.get(room) ?? []), file]);
  }
  return [...rooms].map(([room, sources]) => measureRoom(room, sources));
}

/** Returns the files with vague subjects and how many each has, the most first. */
function vagueSubjects(files) {
  return files
    .filter((file) => TEXT.test(file) && !NOT_COUNTED.has(file))
    .map((file) => ({ file, found: count(read(file).replaceAll(SPELLING_COMMENT, ''), VAGUE_SUBJECT) }))
    .filter(({ found }) => found > 0)
    .toSorted((one, other) => other.found - one.found);
}

function printTable(rooms) {
  const rows = rooms.map((room) => ({
    ...room,
    undocumented: room.undocumented.length,
    tiny: room.tiny.length,
    large: room.large.length,
  }));
  const columns = Object.keys(rows[0]).filter((column) => column !== 'room');
  const total = Object.fromEntries(columns.map((column) => [column, sum(rows.map((row) => row[column]))]));
  const width = Math.max(...rooms.map(({ room }) => room.length));
  console.log(`${'room'.padEnd(width)}  ${columns.map((column) => column.padStart(14)).join('')}`);
  for (const row of [...rows, { room: 'all', ...total }]) {
    console.log(
      `${row.room.padEnd(width)}  ${columns.map((column) => String(row[column]).padStart(14)).join('')}`,
    );
  }
}

/** Prints a number with its limit and returns whether the limit holds. */
function holds(what, number, limit) {
  console.log(`${number <= limit ? 'ok  ' : 'OVER'} ${what}: ${number} of at most ${limit}`);
  return number <= limit;
}

function printFiles(title, files) {
  console.log(`\n${title}`);
  for (const file of files) console.log(`  ${file}`);
}

const files = projectFiles();
const rooms = measureRooms(files);
const vague = vagueSubjects(files);
const tiny = rooms.flatMap((room) => room.tiny);
const large = rooms.flatMap((room) => room.large);
const undocumented = rooms.flatMap((room) => room.undocumented);
const lengths = (measured) => measured.map(({ file, lines }) => `${String(lines).padStart(4)} ${file}`);

printTable(rooms);
if (process.argv.includes('--files')) {
  printFiles(`Sources of ${TINY_LINES} lines or fewer`, lengths(tiny));
  printFiles(`Sources over ${LARGE_LINES} lines`, lengths(large));
  printFiles('Exported functions without a doc comment', undocumented);
  printFiles(
    'Vague subjects',
    vague.map(({ file, found }) => `${String(found).padStart(4)} ${file}`),
  );
}
console.log();
const results = [
  holds(`sources of ${TINY_LINES} lines or fewer`, tiny.length, MAX_TINY_FILES),
  holds(`sources over ${LARGE_LINES} lines`, large.length, MAX_LARGE_FILES),
  holds('exported functions without a doc comment', undocumented.length, MAX_UNDOCUMENTED_FUNCTIONS),
  holds('vague subjects in all files', sum(vague.map(({ found }) => found)), MAX_VAGUE_SUBJECTS),
  holds('casts', sum(rooms.map(({ casts }) => casts)), MAX_CASTS),
  holds('switched-off lint rules', sum(rooms.map(({ suppressions }) => suppressions)), MAX_SUPPRESSIONS),
];
if (process.argv.includes('--order')) {
  const ran = await filesOfOneOrder(root);
  if (process.argv.includes('--files')) printFiles('Files that run for a market order', ran);
  results.push(holds('project files that run for a market order', ran.length, MAX_FILES_OF_AN_ORDER));
}
if (results.includes(false)) process.exitCode = 1;
