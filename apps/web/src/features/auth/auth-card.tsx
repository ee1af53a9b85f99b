import type { ReactNode } from 'react';

export interface AuthCardProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The link to the other form. */
  readonly footer: ReactNode;
}

export function AuthCard({ title, children, footer }: AuthCardProps) {
  return (
    <div className="mx-auto grid w-full max-w-md gap-4 py-6 sm:py-12">
      <div className="card grid gap-5 p-6">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {children}
      </div>
      <p className="text-center text-muted">{footer}</p>
    </div>
  );
}
