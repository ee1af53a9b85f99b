import { useQuery } from '@tanstack/react-query';
import { assetsQuery } from '../../api/market.ts';
import { Button } from '../../ui/button.tsx';
import { DecimalField, FormProblem } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { useTargetForm } from './use-target-form.ts';

const SKELETON_ROWS = 3;
const NOTHING = '';

/** The form of the target allocation. */
export function TargetEditor() {
  const form = useTargetForm();
  const { stored, problem, sum } = form;
  return (
    <section aria-labelledby="target-title" className="card min-w-0">
      <h2 id="target-title" className="border-b border-line px-4 py-2.5 font-medium">
        Target allocation
      </h2>
      {stored.isPending ? (
        <SkeletonRows label="Loading the target allocation" rows={SKELETON_ROWS} />
      ) : stored.isError ? (
        <ErrorState
          title="The target allocation could not be loaded"
          error={stored.error}
          onRetry={() => void stored.refetch()}
        />
      ) : (
        <form
          noValidate
          className="grid gap-3 p-4"
          onSubmit={(event) => {
            event.preventDefault();
            form.submit();
          }}
        >
          <p className="text-sm text-muted">
            How you want to divide your portfolio. You are told when it drifts away. Nothing is traded.
          </p>
          <Percentages form={form} />
          <AddAsset form={form} />
          <p className="flex justify-between text-sm">
            <span className="text-muted">Sum</span>
            <span className="numeric font-medium">{sum}% of 100%</span>
          </p>
          <FormProblem message={problem} />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" tone="primary" isBusy={form.isBusy}>
              Save target
            </Button>
            {form.isStored && (
              <Button tone="quiet" isInert={form.isBusy} onClick={form.remove}>
                Remove target
              </Button>
            )}
          </div>
          <p role="status" className="text-sm text-muted empty:hidden">
            {form.isSaved && 'Your target is saved.'}
          </p>
        </form>
      )}
    </section>
  );
}

interface TargetFormProps {
  readonly form: ReturnType<typeof useTargetForm>;
}

function Percentages({ form: { input, change } }: TargetFormProps) {
  return (
    <>
      <DecimalField
        id="target-cash"
        label="Cash"
        unit="%"
        value={input.cash}
        onChange={(cash) => change({ ...input, cash })}
      />
      {input.assets.map((asset) => (
        <DecimalField
          key={asset.asset_id}
          id={`target-${asset.asset_id}`}
          label={asset.asset_id}
          unit="%"
          value={asset.percentage}
          onChange={(percentage) =>
            change({
              ...input,
              assets: input.assets.map((one) => (one === asset ? { ...one, percentage } : one)),
            })
          }
        />
      ))}
    </>
  );
}

/** Adds a field for another asset. */
function AddAsset({ form: { input, change } }: TargetFormProps) {
  const { data: assets = [] } = useQuery(assetsQuery());
  const named = new Set(input.assets.map(({ asset_id }) => asset_id));
  const others = assets.filter(({ asset_id }) => !named.has(asset_id));
  return (
    <Select
      label="Add an asset"
      options={[
        { value: NOTHING, label: 'Choose…' },
        ...others.map(({ asset_id, name }) => ({ value: String(asset_id), label: `${asset_id} · ${name}` })),
      ]}
      value={NOTHING}
      onChange={(next) => {
        const chosen = others.find(({ asset_id }) => asset_id === next);
        if (!chosen) return;
        change({ ...input, assets: [...input.assets, { asset_id: chosen.asset_id, percentage: '' }] });
      }}
    />
  );
}
