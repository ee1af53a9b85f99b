import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { changePassword } from '../../api/auth/change-password.ts';
import { SESSIONS_KEY } from '../../api/auth/sessions.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { notify } from '../../ui/notices.ts';
import type { PasswordForm } from './password-form.ts';
import { EMPTY_PASSWORD_FORM, PASSWORD_FIELDS, passwordErrors, passwordErrorsOf } from './password-form.ts';
import { useFormFields } from './use-form-fields.ts';

/** Everything the form for a new password is made of, but its looks. */
export function usePasswordForm() {
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
    /** What is wrong with the form as a whole. */
    problem: error && !fields.hasErrors ? toProblem(error).message : undefined,
  };
}
