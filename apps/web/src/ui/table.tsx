import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Button } from './button.tsx';

interface TableProps {
  /** The content of the table; read out, not shown. */
  readonly caption: string;
  readonly head: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A table that scrolls inside its frame; the page itself never scrolls sideways. */
export function Table({ caption, head, children, className }: TableProps) {
  return (
    // The focus makes it scroll with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="relative overflow-x-auto" tabIndex={0} role="group" aria-label={caption}>
      <table className={clsx('w-full border-collapse text-start text-sm sm:text-base', className)}>
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-faint">{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface ColumnProps {
  readonly children?: ReactNode;
  readonly isNumeric?: boolean;
  readonly className?: string;
}

interface CellProps extends ColumnProps {
  /** Half as high, for legends and long series. */
  readonly isDense?: boolean;
}

/** The header cell of a column. */
export function Column({ children, isNumeric = false, className }: ColumnProps) {
  return (
    <th
      scope="col"
      className={clsx(
        'h-9 px-2 font-medium first:ps-4 last:pe-4 sm:px-3 whitespace-nowrap',
        isNumeric ? 'text-end' : 'text-start',
        className,
      )}
    >
      {children}
    </th>
  );
}

interface SortColumnProps extends ColumnProps {
  /** The direction if the table is sorted by this column. */
  readonly direction: SortDirection | undefined;
  readonly onSort: () => void;
}

/** The header cell of a column that sorts the table. */
export function SortColumn({ children, isNumeric = false, className, direction, onSort }: SortColumnProps) {
  const Arrow = direction === 'desc' ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={direction === undefined ? 'none' : direction === 'asc' ? 'ascending' : 'descending'}
      className={clsx(
        'h-9 px-2 font-medium first:ps-4 last:pe-4 sm:px-3 whitespace-nowrap',
        isNumeric ? 'text-end' : 'text-start',
        className,
      )}
    >
      <button
        type="button"
        onClick={onSort}
        className={clsx(
          'group -mx-1 inline-flex h-7 items-center gap-1 rounded px-1 hover:text-ink',
          isNumeric && 'flex-row-reverse',
          direction && 'text-ink',
        )}
      >
        {children}
        <Arrow
          aria-hidden="true"
          className={clsx(
            'size-3',
            !direction && 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60',
          )}
        />
      </button>
    </th>
  );
}

/** A row of a table. */
export function Row({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={clsx('border-b border-line last:border-b-0 hover:bg-hover', className)} />;
}

/** A cell of a table; figures are aligned at the end. */
export function Cell({ children, isNumeric = false, isDense = false, className }: CellProps) {
  return (
    <td
      className={clsx(
        isDense ? 'h-8' : 'h-12',
        'px-2 first:ps-4 last:pe-4 sm:px-3',
        isNumeric ? 'numeric text-end' : 'text-start',
        className,
      )}
    >
      {children}
    </td>
  );
}

/** The header cell of a row. */
export function RowHead({ children, isDense = false, className }: CellProps) {
  return (
    <th
      scope="row"
      className={clsx(
        isDense ? 'h-8' : 'h-12',
        'px-2 text-start font-normal first:ps-4 last:pe-4 sm:px-3',
        className,
      )}
    >
      {children}
    </th>
  );
}

/** The direction in which a table is sorted. */
export type SortDirection = 'asc' | 'desc';

interface ShowMoreProps {
  readonly hasMore: boolean;
  readonly isBusy: boolean;
  readonly onMore: () => void;
}

/** The button that loads the next page of a list. */
export function ShowMore({ hasMore, isBusy, onMore }: ShowMoreProps) {
  if (!hasMore) return null;
  return (
    <div className="flex justify-center border-t border-line p-3">
      <Button isBusy={isBusy} onClick={onMore}>
        Show more
      </Button>
    </div>
  );
}
