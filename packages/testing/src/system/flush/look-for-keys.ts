import { createInterface } from 'node:readline/promises';
import { open } from 'lmdb';

// Opens images of a store that a power cut may have left and says, one line for each, how many of the keys that were
// acknowledged are gone. A process of its own, because a broken image may end it.

for await (const line of createInterface({ input: process.stdin })) {
  const { folder, keys } = JSON.parse(line) as { folder: string; keys: string[] };
  const database = open<string, string>({ path: folder });
  const missing = keys.filter((key) => database.get(key) !== key);
  process.stdout.write(`${missing.length}\n`);
  await database.close();
}
