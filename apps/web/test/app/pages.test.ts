import { readFile } from 'node:fs/promises';
import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { createAppRouter } from '../../src/app/router.tsx';

it("the gateway's list of pages equals the pages of the router", async () => {
  const list = new URL('../../public/pages.json', import.meta.url);
  const pages: unknown = JSON.parse(await readFile(list, 'utf8'));
  const { routesByPath } = createAppRouter(new QueryClient());
  const known = Object.keys(routesByPath).map((path) => path.replace(/(?<=.)\/$/, ''));
  expect(pages).toEqual([...new Set(known)].toSorted());
});
