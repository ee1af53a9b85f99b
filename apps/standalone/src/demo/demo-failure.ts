import { z } from 'zod';

/** The demo cannot go on. The message is for the person who runs it. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

const problemSchema = z.object({
  title: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** The answer of a server that refuses, in words: what, why, and which fields. */
export function refusalText(status: number, body: unknown): string {
  const problem = problemSchema.safeParse(body);
  if (!problem.success) return `The server answered ${status}, and not in the form that this demo knows.`;
  const { title, detail, code, errors } = problem.data;
  const fields = errors.map(({ field, message }) => `  ${field}: ${message}`);
  return [`${title} (${status}${code === undefined ? '' : ` ${code}`})`, detail, ...fields].join('\n');
}
