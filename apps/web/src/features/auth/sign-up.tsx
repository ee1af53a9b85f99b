import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { Registration } from '../../api/auth/credentials.ts';
import { logIn, register } from '../../api/auth/credentials.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { Button } from '../../ui/button.tsx';
import { FormProblem, PasswordField, TextField } from '../../ui/field.tsx';
import { PasswordRulesList } from '../../ui/password-rules-list.tsx';
import { AuthCard } from './auth-card.tsx';
import type { SignUpErrors, SignUpField } from './sign-up-form.ts';
import { SIGN_UP_FIELDS, signUpErrors } from './sign-up-form.ts';

export interface SignUpProps {
  readonly redirect: string | undefined;
}

const EMPTY: Registration = { username: '', email: '', password: '', first_name: '', last_name: '' };

export function SignUp({ redirect }: SignUpProps) {
  const [input, setInput] = useState(EMPTY);
  const [errors, setErrors] = useState<SignUpErrors>({});
  const { mutate, isPending, error } = useMutation({
    mutationFn: registerAndLogIn,
    onError: (thrown) => showErrors(fieldErrorsOf(thrown)),
  });

  function showErrors(found: SignUpErrors): void {
    setErrors(found);
    const first = SIGN_UP_FIELDS.find((field) => found[field] !== undefined);
    if (first) document.getElementById(first)?.focus();
  }

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending) return;
    const found = signUpErrors(input);
    showErrors(found);
    if (Object.keys(found).length === 0) mutate({ ...input, username: input.username.trim() });
  };

  const bind = (field: SignUpField) => ({
    id: field,
    value: input[field],
    error: errors[field],
    onChange: (event: { readonly target: { readonly value: string } }) => {
      setInput({ ...input, [field]: event.target.value });
      setErrors({ ...errors, [field]: undefined });
    },
  });

  // Errors shown at a field are not repeated above the form.
  const isSaidAtField = Object.values(errors).some((message) => message !== undefined);
  return (
    <AuthCard
      title="Create an account"
      footer={
        <>
          Already registered?{' '}
          <Link to="/sign-in" search={{ redirect }} className="font-medium text-accent hover:underline">
            Sign in
          </Link>
        </>
      }
    >
      <form noValidate onSubmit={submit} className="grid gap-4">
        <FormProblem message={error && !isSaidAtField ? toProblem(error).message : undefined} />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label="First name" autoComplete="given-name" {...bind('first_name')} />
          <TextField label="Last name" autoComplete="family-name" {...bind('last_name')} />
        </div>
        <TextField type="email" label="E-mail" autoComplete="email" {...bind('email')} />
        <TextField
          label="Username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          hint="Letters, digits and underscores, 3 to 50."
          {...bind('username')}
        />
        <PasswordField
          label="Password"
          autoComplete="new-password"
          hint={<PasswordRulesList password={input.password} />}
          {...bind('password')}
        />
        <Button type="submit" tone="primary" size="large" isBusy={isPending}>
          Create account
        </Button>
      </form>
    </AuthCard>
  );
}

async function registerAndLogIn(input: Registration): Promise<void> {
  await register(input);
  await logIn({ username: input.username, password: input.password });
}

function fieldErrorsOf(thrown: unknown): SignUpErrors {
  const problem = toProblem(thrown);
  return Object.fromEntries(
    SIGN_UP_FIELDS.flatMap((field) => {
      const message = problem.messageOf(field);
      return message === undefined ? [] : [[field, message]];
    }),
  );
}
