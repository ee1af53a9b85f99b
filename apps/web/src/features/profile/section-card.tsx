import type { ReactNode } from 'react';

export interface SectionCardProps {
  /** Makes the element ids unique. */
  readonly id: string;
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function SectionCard({ id, title, action, children }: SectionCardProps) {
  return (
    <section aria-labelledby={`${id}-title`} className="card min-w-0">
      <div className="flex min-h-11 items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 id={`${id}-title`} className="font-medium">
          {title}
        </h2>
        {action}
      </div>
      {children}
    </section>
  );
}
