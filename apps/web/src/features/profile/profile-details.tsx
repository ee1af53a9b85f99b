import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { Profile } from '../../api/account/profile.ts';
import { PROFILE_KEY, profileQuery, updateProfile } from '../../api/account/profile.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { Button } from '../../ui/button.tsx';
import { CheckboxField, FormProblem, TextField } from '../../ui/field.tsx';
import { notify } from '../../ui/notices.ts';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import type { ProfileForm } from './profile-form.ts';
import {
  changesEmail,
  formOfProfile,
  PROFILE_FIELDS,
  profileChange,
  profileErrors,
  profileErrorsOf,
} from './profile-form.ts';
import { SectionCard } from './section-card.tsx';
import { useFormFields } from './use-form-fields.ts';

/** The personal details of the user. */
export function ProfileDetails() {
  const { data: profile, error, refetch } = useQuery(profileQuery());
  return (
    <SectionCard id="profile" title="Your details">
      {profile ? (
        <DetailsForm profile={profile} />
      ) : error ? (
        <ErrorState title="Your details could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <LoadingDetails />
      )}
    </SectionCard>
  );
}

/** As high as the form, at any width. */
function LoadingDetails() {
  return (
    <div role="status" aria-label="Loading your details" className="grid gap-4 p-4">
      <Skeleton className="h-5 w-64" />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Skeleton className="h-15" />
        <Skeleton className="h-15" />
        <Skeleton className="h-15" />
        <Skeleton className="h-21" />
        <Skeleton className="h-15" />
      </div>
      <Skeleton className="h-6 w-72" />
      <Skeleton className="h-9 w-20" />
    </div>
  );
}

function DetailsForm({ profile }: { readonly profile: Profile }) {
  const { form, asksForPassword, problem, isBusy, bind, change, submit } = useProfileForm(profile);
  return (
    <form noValidate onSubmit={submit} className="grid gap-4 p-4">
      <FormProblem message={problem} />
      <p className="text-sm text-muted">
        Signed up as <strong className="font-medium text-ink">{profile.username}</strong>,{' '}
        <Time value={profile.created_at} isExact />.
      </p>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField label="First name" autoComplete="given-name" {...bind('first_name')} />
        <TextField label="Last name" autoComplete="family-name" {...bind('last_name')} />
        <TextField type="email" label="E-mail" autoComplete="email" {...bind('email')} />
        {asksForPassword && (
          <TextField
            type="password"
            label="Your password"
            autoComplete="current-password"
            hint="Required to change the e-mail."
            {...bind('current_password')}
          />
        )}
        <TextField
          type="tel"
          label="Phone (optional)"
          autoComplete="tel"
          hint="10 to 15 digits, such as +49 151 12345678."
          {...bind('phone')}
        />
        <TextField
          type="date"
          label="Date of birth (optional)"
          autoComplete="bday"
          {...bind('date_of_birth')}
        />
      </div>
      <CheckboxField
        id="profile-marketing"
        label="Send me news about the platform by e-mail"
        isChecked={form.marketing_emails_consent}
        onChange={(marketing_emails_consent) => change({ marketing_emails_consent })}
      />
      <Button type="submit" tone="primary" isBusy={isBusy} className="justify-self-start">
        Save
      </Button>
    </form>
  );
}

const DATE_LENGTH = 'YYYY-MM-DD'.length;

/** Holds the state of the profile form. */
function useProfileForm(profile: Profile) {
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
    asksForPassword: changesEmail(form, profile),
    change,
    submit,
    bind: fields.bind,
    isBusy: isPending,
    /** The error of the form as a whole. */
    problem: error && !fields.hasErrors ? toProblem(error).message : undefined,
  };
}
