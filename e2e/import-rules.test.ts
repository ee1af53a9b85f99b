import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Files } from './support/import-trees.ts';
import { ALLOWED, FORBIDDEN, ROUTES_WITH_DEPENDENCIES } from './support/import-trees.ts';

const repository = path.resolve(import.meta.dirname, '..');
const configuration = path.join(repository, '.dependency-cruiser.mjs');
const cruiser = path.join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const linter = path.join(repository, 'node_modules/oxlint/bin/oxlint');
const run = promisify(execFile);

interface Scan {
  modules: { source: string; dependencies: { module: string; resolved: string }[] }[];
  summary: {
    violations: { from: string; rule: { name: string } }[];
    ruleSetUsed: { forbidden: { name: string }[] };
  };
}

const WORKSPACES = {
  '@cnop/exception': 'packages/exception',
  '@cnop/common': 'packages/common',
  '@cnop/testing': 'packages/testing',
  '@cnop/gateway': 'services/gateway',
  '@cnop/user-service': 'services/user-service',
  '@cnop/order-service': 'services/order-service',
};
const LIBRARIES = ['zod', 'uuid', 'lmdb', 'ioredis', 'ccxt', 'fastify', '@aws-sdk/client-dynamodb'];

async function write(root: string, files: Files): Promise<void> {
  for (const [file, imports] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    // A type import, since a rule for values alone would allow the types of an SDK.
    const lines = imports.map((from, index) => `import type * as i${index} from '${from}';`);
    await writeFile(path.join(root, file), [...lines, 'export const here: number = 1;', ''].join('\n'));
  }
}

async function plantTree(root: string): Promise<void> {
  for (const [name, folder] of Object.entries(WORKSPACES)) {
    await mkdir(path.join(root, folder), { recursive: true });
    // The real manifests, since the scan follows their `exports`.
    await cp(path.join(repository, folder, 'package.json'), path.join(root, folder, 'package.json'));
    await mkdir(path.join(root, 'node_modules/@cnop'), { recursive: true });
    await symlink(path.join(root, folder), path.join(root, 'node_modules', name));
  }
  for (const name of LIBRARIES) {
    const folder = path.join(root, 'node_modules', name);
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'package.json'),
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    );
    await writeFile(path.join(folder, 'index.js'), '');
  }
  await write(root, ALLOWED);
}

async function scan(root: string): Promise<Scan> {
  const folders = ['packages', 'services', 'apps', 'bench'];
  const { stdout } = await run(
    process.execPath,
    [cruiser, '--config', configuration, '-T', 'json', ...folders],
    {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return JSON.parse(stdout) as Scan;
}

const found = ({ summary }: Scan) =>
  summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort();

describe('the import rules', () => {
  let root: string;

  beforeAll(async () => {
    // The real path, since resolved imports are not below a link.
    root = await realpath(await mkdtemp(path.join(tmpdir(), 'cnop-import-rules-')));
    await plantTree(root);
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('allow the architecture', async () => {
    const clean = await scan(root);
    expect(clean.modules.length).toBeGreaterThanOrEqual(Object.keys(ALLOWED).length);
    expect(found(clean)).toEqual([]);
  });

  it('report every forbidden import by name, each rule at least once', async () => {
    await write(root, { 'packages/common/dist/old.js': [] });
    await write(root, Object.fromEntries(FORBIDDEN.map(({ file, imports }) => [file, imports])));
    const dirty = await scan(root);
    expect(found(dirty)).toEqual(
      FORBIDDEN.flatMap(({ rules, file }) => rules.map((rule) => `${rule}: ${file}`)).sort(),
    );
    const tried = new Set(FORBIDDEN.flatMap(({ rules }) => rules));
    expect(
      dirty.summary.ruleSetUsed.forbidden.map(({ name }) => name).filter((name) => !tried.has(name)),
    ).toEqual([]);
  });

  it('read the TypeScript of this repository, also through package names', async () => {
    const { modules } = await scan(repository);
    const sources = modules.filter(({ source }) =>
      /^(packages|services|apps)\/[^/]+\/src\/.+\.ts$/.test(source),
    );
    expect(sources.length).toBeGreaterThan(0);
    const throughNames = sources
      .flatMap(({ dependencies }) => dependencies)
      .filter(({ module }) => module.startsWith('@cnop/'))
      .map(({ resolved }) => resolved);
    expect(throughNames.filter((resolved) => /^packages\/common\/src\/.+\.ts$/.test(resolved))).not.toEqual(
      [],
    );
    expect(throughNames.filter((resolved) => resolved.includes('/dist/'))).toEqual([]);
  });
});

describe('the dependencies of routes', () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'cnop-route-rules-'));
    await cp(path.join(repository, '.oxlintrc.json'), path.join(root, '.oxlintrc.json'));
    for (const [file, text] of Object.entries(ROUTES_WITH_DEPENDENCIES)) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), text);
    }
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('are opened by use cases only', () => {
    const { stdout } = spawnSync(process.execPath, [linter, '--format', 'json'], {
      cwd: root,
      encoding: 'utf8',
    });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    expect(
      diagnostics
        .filter(({ code }) => code.includes('no-restricted-properties'))
        .map(({ filename }) => filename)
        .sort(),
    ).toEqual(
      Object.keys(ROUTES_WITH_DEPENDENCIES)
        .filter((file) => !file.includes('passes-on'))
        .sort(),
    );
  });

  it('have the name that the linter watches in every route file', async () => {
    const files = await readdir(path.join(repository, 'services'), { recursive: true });
    const routes = files.filter((file) => /\/src\/(?:[^/]+\/)?routes(?:\/.+)?\.ts$/.test(file));
    expect(routes.length).toBeGreaterThan(0);
    for (const file of routes) {
      const text = await readFile(path.join(repository, 'services', file), 'utf8');
      const uses = text.replaceAll(/^import type .*$/gm, '').replaceAll(/\bdeps: \w+Dependencies\b/g, '');
      expect(uses, file).not.toMatch(/Dependencies\b|= deps\b(?!\.)|\.\.\.deps\b/);
    }
  });
});
