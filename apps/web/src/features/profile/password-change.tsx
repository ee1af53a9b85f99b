import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { profileQuery } from '../../api/account/profile.ts';
import { changePassword } from '../../api/auth/credentials.ts';
import { SESSIONS_KEY } from '../../api/auth/sessions.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { Button } from '../../ui/button.tsx';
import { FormProblem, PasswordField } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.ts';
import { PasswordRulesList } from '../../ui/password-rules-list.tsx';
import type { PasswordForm } from './password-form.ts';
import { EMPTY_PASSWORD_FORM, PASSWORD_FIELDS, passwordErrors, passwordErrorsOf } from './password-form.ts';
import { SectionCard } from './section-card.tsx';
import { useFormFields } from './use-form-fields.ts';

/** The form that changes the password. All other sessions end, since one of them may be the reason. */
export function PasswordChange() {
  const { data: profile } = useQuery(profileQuery());
  const { form, problem, isBusy, bind, submit } = usePasswordForm();
  return (
    <SectionCard id="password" title="Password">
      <form noValidate onSubmit={submit} className="grid gap-4 p-4">
        <FormProblem message={problem} />
        {/* Tells password managers which account the password belongs to. */}
        <input
          type="text"
          autoComplete="username"
          value={profile?.username ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
          className="hidden"
        />
        <PasswordField label="Current password" autoComplete="current-password" {...bind('current')} />
        <PasswordField
          label="New password"
          autoComplete="new-password"
          hint={<PasswordRulesList password={form.next} />}
          {...bind('next')}
        />
        <PasswordField label="New password again" autoComplete="new-password" {...bind('repeated')} />
        <p className="text-sm text-muted">Every other device will be signed out.</p>
        <Button type="submit" tone="primary" isBusy={isBusy} className="justify-self-start">
          Change password
        </Button>
      </form>
    </SectionCard>
  );
}

/** Holds the state of the password form. */
function usePasswordForm() {
  const queryClient = useQueryClient();
  const [form, setForm] = useState(EMPTY_PASSWORD_FORM);
  const change = (changed: Partial<PasswordForm>): void => setForm({ ...form, ...changed });
  const fields = useFormFields({ prefix: 'password', order: PASSWORD_FIELDS, form, change });
  const { mutate, isPending, error } = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setForm(EMPTY_PASSWORD_FORM);
      void queryClient.invalidateQueries({ queryKey: SESSIONS_KEY });
      notify({
        tone: 'success',
        title: 'Your password was changed',
        description: 'Every other device was signed out.',
      });
    },
    onError: (thrown) => fields.showErrors(passwordErrorsOf(toProblem(thrown))),
  });

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending) return;
    const found = passwordErrors(form);
    fields.showErrors(found);
    if (Object.keys(found).length === 0) {
      mutate({ current_password: form.current, new_password: form.next });
    }
  };

  return {
    form,
    submit,
    bind: fields.bind,
    isBusy: isPending,
    /** The error of the form as a whole. */
    problem: error && !fields.hasErrors ? toProblem(error).message : undefined,
  };
}
