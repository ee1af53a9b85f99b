import { existsSync } from 'node:fs';
import type { z } from 'zod';

/** One or more settings are missing or invalid; the message is for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from the environment. An empty variable counts as absent.
 * @throws ConfigError that names every invalid variable
 */
export function readConfig<T extends z.ZodType>(
  schema: T,
  environment: Environment = process.env,
): z.output<T> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    (issue) => `  ${issue.path.join('.') || 'settings'}: ${issue.message}`,
  );
  throw new ConfigError(`These settings need attention:\n${lines.join('\n')}`);
}

/**
 * Reads settings of which some are replaced, such as those that an option of a command names.
 * @throws ConfigError that names every invalid variable
 */
export function readConfigWith<T extends z.ZodType>(schema: T, replaced: Environment): z.output<T> {
  return readConfig(schema, { ...process.env, ...replaced });
}

/** Loads `.env` of the working directory, if it exists. Variables that are already set win. */
export function loadEnvFile(path = '.env'): void {
  if (existsSync(path)) process.loadEnvFile(path);
}

/** Returns the environment of this process, for the processes that it starts. */
export function inheritedEnvironment(): Readonly<Record<string, string>> {
  const given = Object.entries(process.env);
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
