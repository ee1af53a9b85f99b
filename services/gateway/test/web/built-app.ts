import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

export const INDEX_PAGE = '<!doctype html><title>Trading</title><div id="root"></div>';
export const SCRIPT = `export const words = ${JSON.stringify('buy low, sell high; '.repeat(500))};\n`;
export const PICTURE = Buffer.from('89504e470d0a1a0a', 'hex');
export const SECRET = 'nothing that a browser should see';

const FILES: Readonly<Record<string, string | Buffer>> = {
  'app/index.html': INDEX_PAGE,
  'app/appearance.js': 'document.documentElement.dataset.theme = "dark";\n',
  'app/pages.json': JSON.stringify(['/', '/orders', '/assets/$assetId', '/sign-in']),
  'app/favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'app/assets/index-BKv1nD0Q.js': SCRIPT,
  'app/assets/index-BKv1nD0Q.js.br': brotliCompressSync(SCRIPT),
  'app/assets/index-BKv1nD0Q.js.gz': gzipSync(SCRIPT),
  'app/assets/index-C_B4kOsY.css': ':root { color-scheme: light dark; }\n',
  'app/assets/coin-a1b2c3d4.png': PICTURE,
  'app/.env': SECRET,
  'secret.txt': SECRET,
};

export interface BuiltApp {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Writes a built web app to a temporary folder, with compressed variants of one file, and with files around it that must not be served.
 * @param changes other contents of files, by name
 */
export async function writeBuiltApp(changes: typeof FILES = {}): Promise<BuiltApp> {
  const root = await mkdtemp(join(tmpdir(), 'cnop-web-'));
  for (const [name, content] of Object.entries({ ...FILES, ...changes })) {
    const file = join(root, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  await symlink(join(root, 'secret.txt'), join(root, 'app/assets/link.txt'));
  return { folder: join(root, 'app'), remove: () => rm(root, { recursive: true, force: true }) };
}
