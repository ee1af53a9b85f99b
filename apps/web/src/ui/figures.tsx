import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { Skeleton } from './states.tsx';

interface FiguresProps {
  readonly children: ReactNode;
  readonly className?: string;
}

/** Key figures side by side. */
export function Figures({ children, className }: FiguresProps) {
  return (
    <dl className={clsx('grid gap-px overflow-hidden rounded-lg border border-line bg-line', className)}>
      {children}
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  /** Empty while loading; its space is kept. */
  readonly children: ReactNode;
  /** Smaller text after the figure. */
  readonly aside?: ReactNode;
  readonly className?: string;
}

/** One key figure with its label, to be placed in `Figures`. */
export function Figure({ label, children, aside, className }: FigureProps) {
  return (
    <div className={clsx('grid min-w-0 content-start gap-0.5 bg-surface px-4 py-3', className)}>
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="flex min-h-7 min-w-0 flex-wrap items-baseline gap-x-2 text-base font-semibold">
        {children ?? <Skeleton className="h-5 w-24 self-center" />}
        {aside !== undefined && <span className="text-sm font-normal text-faint">{aside}</span>}
      </dd>
    </div>
  );
}

/** A line of a description list: label and value. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="shrink-0 text-muted">{label}</dt>
      <dd className="min-w-0 text-end wrap-anywhere">{children}</dd>
    </div>
  );
}
