import { clsx } from 'clsx';
import { CloudOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { Component } from 'react';
import { toProblem } from '../api/http/api-problem.ts';
import { Button } from './button.tsx';

/** Holds the place of what is loading, in its size, so that nothing jumps when it comes. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden="true" className={clsx('block animate-pulse rounded bg-sunken', className)} />;
}

interface SkeletonRowsProps {
  readonly label: string;
  readonly rows: number;
  /** Height of a row. */
  readonly rowClass?: string;
}

export function SkeletonRows({ label, rows, rowClass = 'h-12' }: SkeletonRowsProps) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        // Rows of a skeleton have no identity but their place.
        <div key={index} className={clsx('flex items-center border-b border-line px-4', rowClass)}>
          <Skeleton className="h-4 w-full" />
        </div>
      ))}
    </div>
  );
}

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** What to do next. */
  readonly action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-sm text-muted">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

interface ErrorStateProps {
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

interface ErrorBoundaryProps {
  readonly children: ReactNode;
  /** Instead of a part that broke. */
  readonly fallback: (error: unknown) => ReactNode;
}

interface State {
  readonly failure: { readonly error: unknown } | undefined;
}

/** Keeps a broken part from taking the page with it. React knows no hook for this. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state: State = { failure: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { failure: { error } };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    return failure ? this.props.fallback(failure.error) : this.props.children;
  }
}

/**
 * Another try for what may have failed for want of code: browsers may remember for the life of a page that a module did
 * not come (HTML, "fetch a single module script"), and a newer release of the app has its modules at other addresses.
 */
export function reloadPage(): void {
  window.location.reload();
}
