// Writes the signing keys from an environment variable to their file, for platforms that give secrets no other way. Runs in a
// container before the user service, which gets the file and not the variable.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { SIGNING_KEYS: keys, SIGNING_KEY_FILE: file } = process.env;
if (!keys || !file) throw new Error('SIGNING_KEYS and SIGNING_KEY_FILE must be set.');
mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
writeFileSync(file, keys, { mode: 0o600 });
