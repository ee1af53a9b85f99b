import { CloudOff } from 'lucide-react';
import { toProblem } from '../api/http/api-problem.ts';
import { Button } from './button.tsx';

export interface ErrorStateProps {
  /** What could not be done, such as "The chart could not be loaded". */
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Says in plain words what failed, and how to go on; the request id is for whoever is asked for help. */
export function ErrorState({ title, error, onRetry }: ErrorStateProps) {
  const problem = toProblem(error);
  return (
    <div role="alert" className="grid justify-items-center gap-2 px-4 py-10 text-center">
      <CloudOff aria-hidden="true" className="size-5 text-faint" />
      <p className="font-medium">{title}</p>
      <p className="max-w-sm text-muted">{problem.message}</p>
      {problem.requestId && (
        <p className="text-xs wrap-anywhere text-faint">
          Request <code>{problem.requestId}</code>
        </p>
      )}
      {onRetry && (
        <Button className="mt-2" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
