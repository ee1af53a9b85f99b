import { DecimalField, TextArea, TextField } from '../../../ui/field.tsx';
import { Select } from '../../../ui/select.tsx';
import type { AirdropErrors, AirdropForm, BadLine } from './airdrop-form.ts';

const LINES = 6;
const KINDS = [
  { value: 'list', label: 'A list of users' },
  { value: 'csv', label: 'A CSV table' },
  { value: 'active_users', label: 'All active users' },
  { value: 'holders', label: 'Holders of an asset' },
] as const;

interface RecipientFieldsProps {
  readonly form: AirdropForm;
  readonly errors: AirdropErrors;
  readonly lines: readonly BadLine[];
  /** The id of the list of assets that fields suggest. */
  readonly assetsId: string;
  readonly onChange: (changed: Partial<AirdropForm>) => void;
}

/** The fields that say who gets how much. */
export function RecipientFields({ form, errors, lines, assetsId, onChange }: RecipientFieldsProps) {
  const { kind, names, table, held, units } = form;
  return (
    <>
      <Select label="Recipients" options={KINDS} value={kind} onChange={(next) => onChange({ kind: next })} />
      {kind === 'list' && (
        <TextArea
          id="airdrop-names"
          label="Usernames"
          hint="One a line, up to 1,000. Each of them gets the same units."
          rows={LINES}
          keepsLineBreaks
          value={names}
          error={errors.names}
          onChange={(text) => onChange({ names: text })}
        />
      )}
      {kind === 'csv' && (
        <TextArea
          id="airdrop-table"
          label="Table"
          hint="The first line is username,quantity. Up to 1,000 lines follow, each with a user and the units for them."
          rows={LINES}
          keepsLineBreaks
          value={table}
          error={errors.table}
          onChange={(text) => onChange({ table: text })}
        />
      )}
      <BadLines lines={lines} fieldId={kind === 'csv' ? 'airdrop-table' : 'airdrop-names'} />
      {kind === 'holders' && (
        <TextField
          id="airdrop-held"
          label="Held asset"
          hint="All active customers who hold units of it."
          list={assetsId}
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          value={held}
          error={errors.held}
          onChange={(event) => onChange({ held: event.target.value })}
        />
      )}
      {kind !== 'csv' && (
        <DecimalField
          id="airdrop-units"
          label="Units for each"
          unit="units"
          value={units}
          error={errors.units}
          onChange={(text) => onChange({ units: text })}
        />
      )}
    </>
  );
}

interface BadLinesProps {
  readonly lines: readonly BadLine[];
  /** The text area that has the lines. */
  readonly fieldId: string;
}

/** The lines that cannot be used; each leads to its place in the text. */
function BadLines({ lines, fieldId }: BadLinesProps) {
  if (lines.length === 0) return null;
  return (
    <ul aria-label="Lines that cannot be used" className="grid max-h-60 gap-1 overflow-y-auto text-sm">
      {lines.map(({ number, text, message }) => (
        <li key={number} className="flex items-baseline gap-2">
          <button
            type="button"
            className="min-h-6 shrink-0 text-accent hover:underline"
            onClick={() => selectLine(fieldId, number)}
          >
            Line {number}
          </button>
          <span className="min-w-0 wrap-anywhere">
            <span className="font-medium">{text}</span>: <span className="text-danger">{message}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Selects a line of a text area, which scrolls it into view. */
function selectLine(fieldId: string, number: number): void {
  const field = document.getElementById(fieldId);
  if (!(field instanceof HTMLTextAreaElement)) return;
  const lines = field.value.split('\n');
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[number - 1]?.length ?? 0));
}
