import { DecimalField } from '../../../ui/decimal-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { Complaints } from '../complaints.ts';
import type { AdjustmentField, AdjustmentForm } from './adjustment.ts';

const MAX_DESCRIPTION_LENGTH = 500;
const DIRECTIONS = [
  { value: 'add', label: 'Add' },
  { value: 'take', label: 'Take away' },
] as const;

export interface AdjustmentFieldsProps {
  readonly form: AdjustmentForm;
  readonly complaints: Complaints<AdjustmentField>;
  readonly onChange: (change: Partial<AdjustmentForm>) => void;
}

export function AdjustmentFields({ form, complaints, onChange }: AdjustmentFieldsProps) {
  return (
    <>
      <Segmented
        label="Direction"
        options={DIRECTIONS}
        value={form.direction}
        onChange={(direction) => onChange({ direction })}
      />
      <DecimalField
        id="adjust-amount"
        label="Amount"
        unit="USD"
        placeholder="0.00"
        value={form.amount}
        error={complaints.amount}
        onChange={(amount) => onChange({ amount })}
      />
      <TextField
        id="adjust-description"
        label="Description"
        hint="The user sees it in their ledger."
        maxLength={MAX_DESCRIPTION_LENGTH}
        value={form.description}
        error={complaints.description}
        onChange={(event) => onChange({ description: event.target.value })}
      />
    </>
  );
}
