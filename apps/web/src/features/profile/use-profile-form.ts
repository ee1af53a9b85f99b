import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { Profile } from '../../api/account/profile.ts';
import { PROFILE_KEY } from '../../api/account/profile.ts';
import { updateProfile } from '../../api/account/update-profile.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { notify } from '../../ui/notices.ts';
import type { ProfileForm } from './profile-form.ts';
import {
  formOfProfile,
  movesEmail,
  PROFILE_FIELDS,
  profileChange,
  profileErrors,
  profileErrorsOf,
} from './profile-form.ts';
import { useFormFields } from './use-form-fields.ts';

const DATE_LENGTH = 'YYYY-MM-DD'.length;

/** Everything the form of a profile is made of, but its looks. */
export function useProfileForm(profile: Profile) {
  const queryClient = useQueryClient();
  const [form, setForm] = useState(() => formOfProfile(profile));
  const change = (changed: Partial<ProfileForm>): void => setForm({ ...form, ...changed });
  const fields = useFormFields({ prefix: 'profile', order: PROFILE_FIELDS, form, change });
  const { mutate, isPending, error } = useMutation({
    mutationFn: updateProfile,
    onSuccess: (changed) => {
      queryClient.setQueryData(PROFILE_KEY, changed);
      setForm(formOfProfile(changed));
      notify({ tone: 'success', title: 'Your details were saved' });
    },
    onError: (thrown) => fields.showErrors(profileErrorsOf(toProblem(thrown))),
  });

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending) return;
    const found = profileErrors(form, profile, new Date().toISOString().slice(0, DATE_LENGTH));
    fields.showErrors(found);
    if (Object.keys(found).length > 0) return;
    const wanted = profileChange(form, profile);
    if (Object.keys(wanted).length > 0) mutate(wanted);
    else notify({ tone: 'info', title: 'Nothing was changed' });
  };

  return {
    form,
    asksForPassword: movesEmail(form, profile),
    change,
    submit,
    bind: fields.bind,
    isBusy: isPending,
    /** What is wrong with the form as a whole. */
    problem: error && !fields.hasErrors ? toProblem(error).message : undefined,
  };
}
