import { describedBy, Field } from './field.tsx';

export interface TextAreaProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly error?: string | undefined;
  readonly rows?: number;
}

const LINE_BREAKS = /\s*\n\s*/g;

/** Room for a paragraph. The API takes text without line breaks, so a pasted one becomes a space. */
export function TextArea({ id, label, value, onChange, error, rows = 3 }: TextAreaProps) {
  return (
    <Field id={id} label={label} error={error}>
      <textarea
        id={id}
        rows={rows}
        value={value}
        onChange={(event) => onChange(event.target.value.replaceAll(LINE_BREAKS, ' '))}
        className="field h-auto resize-y py-2"
        {...describedBy(id, { label, error })}
      />
    </Field>
  );
}
