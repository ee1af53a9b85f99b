import { useQuery } from '@tanstack/react-query';
import { profileQuery } from '../../api/account/profile.ts';
import { Button } from '../../ui/button.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { PasswordRulesList } from '../../ui/password-rules-list.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { SectionCard } from './section-card.tsx';
import { usePasswordForm } from './use-password-form.ts';

/** A new password; it ends every other session, since one of them may be the reason for it. */
export function PasswordChange() {
  const { data: profile } = useQuery(profileQuery());
  const { form, problem, isBusy, bind, submit } = usePasswordForm();
  return (
    <SectionCard id="password" title="Password">
      <form noValidate onSubmit={submit} className="grid gap-4 p-4">
        <FormProblem message={problem} />
        {/* So that a password keeper knows whose password this is. */}
        <input
          type="text"
          autoComplete="username"
          value={profile?.username ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
          className="hidden"
        />
        <TextField
          type="password"
          label="Present password"
          autoComplete="current-password"
          {...bind('current')}
        />
        <TextField
          type="password"
          label="New password"
          autoComplete="new-password"
          hint={<PasswordRulesList password={form.next} />}
          {...bind('next')}
        />
        <TextField
          type="password"
          label="New password again"
          autoComplete="new-password"
          {...bind('repeated')}
        />
        <p className="text-sm text-muted">Every other device will be signed out.</p>
        <Button type="submit" tone="primary" isBusy={isBusy} className="justify-self-start">
          Change password
        </Button>
      </form>
    </SectionCard>
  );
}
