import { clsx } from 'clsx';
import { useEffect } from 'react';

export interface PageTitleProps {
  readonly children: string;
  readonly isHidden?: boolean;
  /** Larger, for the welcome page. */
  readonly isLarge?: boolean;
}

/** The heading of a page and the title of its tab. */
export function PageTitle({ children, isHidden = false, isLarge = false }: PageTitleProps) {
  useEffect(() => {
    document.title = `${children} · CNOP`;
  }, [children]);
  return (
    <h1
      className={clsx(
        'font-semibold tracking-tight text-balance',
        isLarge ? 'text-2xl sm:text-3xl' : 'text-xl',
        isHidden && 'sr-only',
      )}
    >
      {children}
    </h1>
  );
}
