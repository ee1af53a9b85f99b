import { usernameSchema } from '@cnop/common/entities/fields';
import { UNKNOWN_SUBJECT } from '@cnop/common/entities/user/audit-event';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/text-field.tsx';

const ID = 'audit-username';

export interface AuditUserProps {
  readonly username: string;
  readonly onChange: (username: string) => void;
}

/** Whose log. Failed sign-ins for names that nobody has are kept under a name that nobody can have. */
export function AuditUser({ username, onChange }: AuditUserProps) {
  const [typed, setTyped] = useState(username === UNKNOWN_SUBJECT ? '' : username);
  const [error, setError] = useState<string>();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const parsed = usernameSchema.safeParse(typed.trim());
    if (parsed.success) return onChange(parsed.data);
    setError('A username has 3 to 50 letters, digits and underscores.');
    document.getElementById(ID)?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className="flex grow flex-wrap items-start gap-2">
      <div className="w-full sm:w-56">
        <TextField
          id={ID}
          label="Username"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          error={error}
          onChange={(event) => {
            setTyped(event.target.value);
            setError(undefined);
          }}
        />
      </div>
      <div className="flex flex-wrap gap-2 sm:pt-6">
        <Button type="submit">Show</Button>
        <Button
          tone="quiet"
          aria-pressed={username === UNKNOWN_SUBJECT}
          onClick={() => onChange(UNKNOWN_SUBJECT)}
        >
          Names that nobody has
        </Button>
      </div>
    </form>
  );
}
