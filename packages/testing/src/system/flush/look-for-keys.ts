import { createInterface } from 'node:readline/promises';
import { open } from 'lmdb';

// Opens images of a store that a power failure may leave, and prints, one line per image, how many acknowledged keys are
// missing. Runs as a separate process, because a broken image may crash it.

for await (const line of createInterface({ input: process.stdin })) {
  const { folder, keys } = JSON.parse(line) as { folder: string; keys: string[] };
  const database = open<string, string>({ path: folder });
  const missing = keys.filter((key) => database.get(key) !== key);
  process.stdout.write(`${missing.length}\n`);
  await database.close();
}
