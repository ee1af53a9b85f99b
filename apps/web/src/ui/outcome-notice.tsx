import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ApiProblem } from '../api/http/api-problem.ts';
import type { Outcome } from '../api/http/use-intent.ts';
import { FormProblem } from './field.tsx';

/** Says that it is not known whether a request took effect, and what to do. */
export function unknownOutcomeText({ message }: Pick<ApiProblem, 'message'>, participle = 'done'): string {
  return `${message} It is not known yet whether this was ${participle}. Send it again unchanged: it takes effect once.`;
}

interface OutcomeNoticeProps<Request, Receipt> {
  readonly outcome: Outcome<Request, Receipt>;
  /** A problem of the form itself, or the refusal of the server. */
  readonly formError: string | undefined;
  /** What the request does, such as "sent". */
  readonly participle?: string;
  /** Returns the report of a request that was done. */
  readonly children: (request: Request, receipt: Receipt) => ReactNode;
}

/** Reports the outcome of the last request that moved money or units. */
export function OutcomeNotice<Request, Receipt>(props: OutcomeNoticeProps<Request, Receipt>) {
  const { outcome, formError, participle, children } = props;
  return (
    <>
      <div role="status" className="empty:hidden">
        {outcome.kind === 'done' && (
          <p className="flex items-start gap-2 rounded-md bg-gain-soft p-2 text-sm text-gain">
            <CircleCheck aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
            <span className="min-w-0 wrap-anywhere">{children(outcome.request, outcome.receipt)}</span>
          </p>
        )}
      </div>
      <FormProblem
        message={outcome.kind === 'unknown' ? unknownOutcomeText(outcome.problem, participle) : formError}
      />
    </>
  );
}
