import { CircleAlert } from 'lucide-react';

/** What is wrong with a form as a whole. */
export function FormProblem({ message }: { readonly message: string | undefined }) {
  return (
    <div role="alert" className="empty:hidden">
      {message !== undefined && (
        <p className="flex items-start gap-2 rounded-md bg-danger-soft p-3 text-danger">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{message}</span>
        </p>
      )}
    </div>
  );
}
