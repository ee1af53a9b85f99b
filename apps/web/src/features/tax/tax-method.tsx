import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { chooseTaxMethod, TAX_KEY, taxMethodQuery } from '../../api/account/tax.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { notify } from '../../ui/notices.ts';
import { Select } from '../../ui/select.tsx';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { METHOD_EFFECTS, METHODS, methodName } from './tax-words.ts';

/** As high as the choice with its explanation. */
const SKELETON_ROWS = 4;

interface TaxMethodProps {
  readonly year: number;
  readonly isPast: boolean;
}

/** How the lots of a year are chosen: a choice until the first sale of the year fixes it. */
export function TaxMethod({ year, isPast }: TaxMethodProps) {
  const { data, error, refetch } = useQuery(taxMethodQuery(year));
  if (!data) {
    return (
      <div className="card">
        {error ? (
          <ErrorState title="The method could not be loaded" error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows label="Loading the method" rows={SKELETON_ROWS} />
        )}
      </div>
    );
  }
  const isFixed = isPast || data.fixed_at !== null;
  return (
    <section aria-labelledby="method-title" className="card grid gap-2 p-4">
      <h2 id="method-title" className="font-medium">
        {isFixed ? methodName(data.method) : <>Method of {year}</>}
      </h2>
      {!isFixed && <MethodChoice year={year} method={data.method} />}
      <p className="max-w-prose text-muted">{METHOD_EFFECTS[data.method]}</p>
      <p className="max-w-prose text-sm text-faint">
        {data.fixed_at !== null ? (
          <>
            Fixed for {year} by its first sale on <Time value={data.fixed_at} isExact />.
          </>
        ) : isPast ? (
          <>{year} is over.</>
        ) : (
          <>You can change it until your first sale of {year}.</>
        )}{' '}
        Ask your tax office which methods it accepts.
      </p>
    </section>
  );
}

function MethodChoice({ year, method }: { readonly year: number; readonly method: LotMethod }) {
  const [asked, setAsked] = useState<LotMethod>();
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: async (chosen: LotMethod) => chooseTaxMethod(year, chosen),
    onSuccess: async ({ method: chosen }) => {
      await queryClient.invalidateQueries({ queryKey: TAX_KEY });
      setAsked(undefined);
      notify({ tone: 'success', title: `${methodName(chosen)} for ${year}` });
    },
    onError: (error) => {
      setAsked(undefined);
      void queryClient.invalidateQueries({ queryKey: TAX_KEY });
      notify({ tone: 'failure', title: 'The method was not changed', description: toProblem(error).message });
    },
  });
  return (
    <>
      <Select
        label="Which units a sale uses"
        className="max-w-64 print:hidden"
        options={METHODS}
        value={method}
        onChange={(next) => next !== method && setAsked(next)}
      />
      <AlertDialog
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        onConfirm={() => asked !== undefined && mutate(asked)}
        title={`Change the method of ${year}?`}
        confirmLabel="Change the method"
        cancelLabel="Keep it"
        tone="primary"
        focusOn="confirm"
        isBusy={isPending}
      >
        {asked !== undefined && (
          <>
            <p className="font-medium text-ink">{methodName(asked)}</p>
            <p>{METHOD_EFFECTS[asked]}</p>
            <p>Your first sale of {year} fixes it for the whole year.</p>
          </>
        )}
      </AlertDialog>
    </>
  );
}
