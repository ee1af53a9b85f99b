import { readFileSync } from 'node:fs';
import path from 'node:path';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { contextFiles } from '../image/read-dockerfile.mjs';

const FOLDER = path.resolve(import.meta.dirname, '..');
const dockerfile = readFileSync(path.join(FOLDER, 'Dockerfile'), 'utf8');

test('the linter finds nothing in the Dockerfile', () => {
  expect(validate(dockerfile)).toEqual([]);
});

test('the linter finds an unknown instruction', () => {
  expect(validate(`${dockerfile}\nEXPOSED 80\n`)).toHaveLength(1);
});

test('the image runs as a user by number, so that Kubernetes can tell that it is not root', () => {
  expect(dockerfile).toMatch(/^USER 65532:65532$/m);
});

test('the build context has what the build reads, and neither dependencies nor secrets', () => {
  const files = contextFiles(path.join(FOLDER, '..'), path.join(FOLDER, 'Dockerfile.dockerignore'));
  expect(files).toEqual(
    expect.arrayContaining([
      'package-lock.json',
      'scripts/build-if-missing.mjs',
      'deploy/image/collect-runtime.mjs',
      'services/gateway/src/server.ts',
    ]),
  );
  expect(files.filter((file) => /node_modules|(?:^|\/)\.env|(?:^|\/)data\/|^docs\//.test(file))).toEqual([]);
});
