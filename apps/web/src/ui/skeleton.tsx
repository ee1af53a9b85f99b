import { clsx } from 'clsx';

/** Holds the place of what is loading, in its size, so that nothing jumps when it comes. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden="true" className={clsx('block animate-pulse rounded bg-sunken', className)} />;
}

export interface SkeletonRowsProps {
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
