import { useQuery } from '@tanstack/react-query';
import type { Profile } from '../../api/account/profile.ts';
import { profileQuery } from '../../api/account/profile.ts';
import { Button } from '../../ui/button.tsx';
import { CheckboxField } from '../../ui/checkbox-field.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Time } from '../../ui/time.tsx';
import { SectionCard } from './section-card.tsx';
import { useProfileForm } from './use-profile-form.ts';

/** Who the user is. */
export function ProfileDetails() {
  const { data: profile, error, refetch } = useQuery(profileQuery());
  return (
    <SectionCard id="profile" title="Your details">
      {profile ? (
        <DetailsForm profile={profile} />
      ) : error ? (
        <ErrorState title="Your details could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <div role="status" aria-label="Loading your details" className="grid gap-4 p-4">
          <Skeleton className="h-14 w-full" />
          <Skeleton className="h-14 w-full" />
          <Skeleton className="h-14 w-full" />
          <Skeleton className="h-9 w-32" />
        </div>
      )}
    </SectionCard>
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
            hint="Needed to change the e-mail."
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
