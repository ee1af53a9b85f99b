import { clsx } from 'clsx';
import { CloudOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { Component } from 'react';
import { toProblem } from '../api/http/api-problem.ts';
import { Button } from './button.tsx';

/** A placeholder of the size of what is loading, so that the layout does not shift. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden="true" className={clsx('block animate-pulse rounded bg-sunken', className)} />;
}

interface SkeletonRowsProps {
  readonly label: string;
  readonly rows: number;
  /** The height of a row. */
  readonly rowClass?: string;
}

/** Placeholders of the rows of a list that is loading. */
export function SkeletonRows({ label, rows, rowClass = 'h-12' }: SkeletonRowsProps) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        // Skeleton rows have no identity but their index.
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
  /** The next step. */
  readonly action?: ReactNode;
}

/** The content of a list without entries: what it would show, and the next step. */
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
  /** What failed, such as "The chart could not be loaded". */
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** An error with a way to retry; the request id is for support. */
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
  /** Rendered instead of the failed children. */
  readonly fallback: (error: unknown) => ReactNode;
}

interface State {
  readonly failure: { readonly error: unknown } | undefined;
}

/** Contains errors of its children, so that the page survives. React has no hook for this. */
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
 * Reloads the page to retry a failed code load: browsers may remember a failed module for the life of a page (HTML,
 * "fetch a single module script"), and a newer release has its modules at other addresses.
 */
export function reloadPage(): void {
  window.location.reload();
}
