import { existsSync } from 'node:fs';

/** Loads `.env` of the working directory, if it exists. Variables that are already set win. */
export function loadEnvFile(path = '.env'): void {
  if (existsSync(path)) process.loadEnvFile(path);
}
