import { z } from 'zod';

const fieldProblemSchema = z.object({ field: z.string(), message: z.string(), code: z.string().optional() });
export type FieldProblem = z.infer<typeof fieldProblemSchema>;

const problemSchema = z.object({
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string().optional(),
  trace_id: z.string().optional(),
  retryable: z.boolean().optional(),
  errors: z.array(fieldProblemSchema).optional(),
});

interface ProblemFacts {
  /** The HTTP status; 0 without an answer, -1 for a fault of the app itself. */
  readonly status: number;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  readonly fields?: readonly FieldProblem[] | undefined;
  /** Whether the same request may succeed later. */
  readonly isRetryable?: boolean | undefined;
}

/** A failed request, with a message for the user. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly fields: readonly FieldProblem[];
  readonly isRetryable: boolean;

  constructor(message: string, facts: ProblemFacts, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiProblem';
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId;
    this.fields = facts.fields ?? [];
    this.isRetryable = facts.isRetryable ?? false;
  }

  /** Whether the server may have executed the request. Only the same request with the same key tells. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }

  messageOf(field: string): string | undefined {
    return this.fields.find((problem) => problem.field === field)?.message;
  }
}

/** Converts a failed response into a problem, whether it has problem details or the error page of a proxy. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const { status, headers } = response;
  const requestId = headers.get('x-request-id') ?? undefined;
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) {
    const isRetryable = status >= 500;
    return new ApiProblem(`The server answered ${status}.`, { status, requestId, isRetryable });
  }
  const { title, detail, code, trace_id, errors, retryable } = parsed.data;
  return new ApiProblem(detail ?? title, {
    status,
    code,
    requestId: trace_id ?? requestId,
    fields: errors,
    isRetryable: retryable,
  });
}

/** Converts any thrown value into a problem. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem('Something went wrong in this page.', { status: -1 }, { cause: error });
}
