import type { z } from 'zod';

/** A setting is missing or wrong; the message is for whoever starts the program. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from the environment: the only place that does. An empty variable counts as absent.
 * @throws ConfigError that names every bad variable
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
