import { existsSync } from 'node:fs';

/** Reads `.env` of the working directory, when there is one. Variables that are set already win. */
export function loadEnvFile(path = '.env'): void {
  if (existsSync(path)) process.loadEnvFile(path);
}
