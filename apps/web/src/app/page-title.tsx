import { clsx } from 'clsx';
import { useEffect } from 'react';

export interface PageTitleProps {
  readonly children: string;
  readonly isHidden?: boolean;
}

/** The heading of a page and the title of its tab. */
export function PageTitle({ children, isHidden = false }: PageTitleProps) {
  useEffect(() => {
    document.title = `${children} · CNOP`;
  }, [children]);
  return <h1 className={clsx('text-xl font-semibold tracking-tight', isHidden && 'sr-only')}>{children}</h1>;
}
