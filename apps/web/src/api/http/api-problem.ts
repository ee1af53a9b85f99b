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
  /** 0 when nothing was answered at all; -1 when the fault is ours. */
  readonly status: number;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  readonly fields?: readonly FieldProblem[] | undefined;
  /** Whether the very same request may succeed later. */
  readonly isRetryable?: boolean | undefined;
}

/** What an answer other than a success says, in words that can be shown. */
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

  /** The server may or may not have done it: only the same request with the same key tells. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }

  messageOf(field: string): string | undefined {
    return this.fields.find((problem) => problem.field === field)?.message;
  }
}

/** Reads an answer that is no success, be it problem details or the page of a proxy in between. */
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

/** Anything thrown as a problem, so that every error can be shown the same way. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem('Something went wrong in this page.', { status: -1 }, { cause: error });
}
