import type { ReactNode } from 'react';
import { Component } from 'react';

export interface ErrorBoundaryProps {
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
