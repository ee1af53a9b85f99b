import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AUDIT_EVENT_TYPES } from '@cnop/common/entities/user/audit-event';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const REFERENCE = 'docs/reference/';

const SKIPPED = new Set(['node_modules', 'dist', 'data', 'coverage', 'results']);

/** Returns the paths of all files under a folder, from the root of the project. */
function filesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (!entry.isDirectory()) return [name];
    return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : filesIn(name);
  });
}

const files = filesIn('.');
const pages = files.filter((file) => file.endsWith('.md'));

const textOf = (page: string) => readFileSync(path.join(ROOT, page), 'utf8');

/** Returns the targets of the links of a page that lead to a file of the project or to a heading. */
function localLinks(page: string): string[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Returns the ids of the headings of a page, as GitHub makes them. */
function headingIds(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [file = '', id] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, target))) return true;
  return id !== undefined && target.endsWith('.md') && !headingIds(target).includes(id);
}

test('every link between pages leads to a file and a heading that exist', () => {
  const broken = pages.flatMap((page) =>
    localLinks(page)
      .filter((link) => isBroken(page, link))
      .map((link) => `${page}: ${link}`),
  );
  expect(pages.length).toBeGreaterThan(0);
  expect(broken).toEqual([]);
});

test('every page of rules links to the tests that prove them', () => {
  const unproved = pages
    .filter((page) => page.startsWith(REFERENCE))
    .filter((page) => !localLinks(page).some((link) => link.endsWith('.test.ts')));
  expect(unproved).toEqual([]);
});

test('every source file that a page names exists', () => {
  const isMissing = (page: string, file: string) => {
    const folder = path.dirname(page);
    const bases = ['.', folder, path.join(folder, 'src'), 'packages/common/src'];
    return !bases.some((base) => existsSync(path.join(ROOT, base, file)));
  };
  const missing = pages.flatMap((page) =>
    [...textOf(page).matchAll(/`([\w./-]+\/[\w./-]+\.(?:ts|tsx|mjs|css))`/g)]
      .map(([, file]) => file ?? '')
      .filter((file) => isMissing(page, file))
      .map((file) => `${page}: ${file}`),
  );
  expect(missing).toEqual([]);
});

test('every page that a source names exists', () => {
  const sources = files.filter((file) => /\.(?:tsx?|mjs)$/.test(file));
  const missing = sources.flatMap((source) =>
    [...textOf(source).matchAll(/docs\/[\w./-]+\.md/g)]
      .filter(([page]) => !existsSync(path.join(ROOT, page)))
      .map(([page]) => `${source}: ${page}`),
  );
  expect(sources.length).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});

test('every type of audit event and every action of staff is described', () => {
  const page = textOf('docs/reference/audit-events.md');
  const actions = [
    ...textOf('services/inventory-service/src/use-cases/audit-asset.ts').matchAll(/\| '(\w+)'/g),
  ];
  const names = [...AUDIT_EVENT_TYPES, ...actions.map(([, action]) => action ?? '')];
  const cells = new Set([...page.matchAll(/^\| (`[^|]+`) /gm)].flatMap(([, cell = '']) => cell.split(', ')));
  expect(actions.length).toBeGreaterThan(0);
  expect(names.filter((name) => !cells.has(`\`${name}\``))).toEqual([]);
});

test('the log messages of the trigger engine are those of its page, with their levels', () => {
  const rows = textOf('docs/operating/open-orders.md').matchAll(/^\| (`[^|]+`) +\| (info|warn) /gm);
  const described = [...rows].flatMap(([, messages = '', level = '']) =>
    messages.split(', ').map((message) => `${level} ${message.slice(1, -1)}`),
  );
  const source = filesIn('services/order-service/src/trigger-engine').map(textOf).join('');
  const calls = source.matchAll(/(?:log\.(\w+)|(warnOfFailure))\([^'`;)]*'([^']+)'/g);
  const reports = source.matchAll(/report\(parts, \w+, '([^']+)'|\$\{assetId\} ([^`]+)`/g);
  const logged = [
    ...[...calls].map(([, level = 'warn', , message = '']) => `${level} ${message}`),
    ...[...reports].map(([, message, reason = '']) => `info ${message ?? `… ${reason}`}`),
  ];
  expect(described.toSorted()).toEqual(logged.toSorted());
});
