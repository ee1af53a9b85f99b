import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { logIn } from '../../api/auth/credentials.ts';
import { toProblem } from '../../api/http/api-problem.ts';
import { Button } from '../../ui/button.tsx';
import { FormProblem, PasswordField, TextField } from '../../ui/field.tsx';
import { AuthCard } from './auth-card.tsx';

export interface SignInProps {
  /** The page to open after signing in, passed on to the sign-up form. */
  readonly redirect: string | undefined;
}

export function SignIn({ redirect }: SignInProps) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<{ readonly username?: string; readonly password?: string }>({});
  const { mutate, isPending, error } = useMutation({ mutationFn: logIn });

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending) return;
    const empty = {
      ...(username.trim() === '' && { username: 'Enter your username.' }),
      ...(password === '' && { password: 'Enter your password.' }),
    };
    setMissing(empty);
    const [first] = Object.keys(empty);
    if (first) document.getElementById(first)?.focus();
    else mutate({ username: username.trim(), password });
  };

  return (
    <AuthCard
      title="Sign in"
      footer={
        <>
          New here?{' '}
          <Link to="/sign-up" search={{ redirect }} className="font-medium text-accent hover:underline">
            Create an account
          </Link>
        </>
      }
    >
      <form noValidate onSubmit={submit} className="grid gap-4">
        {redirect !== undefined && (
          <p className="text-sm text-muted">Sign in to open the page that you asked for.</p>
        )}
        <FormProblem message={error ? messageOf(error) : undefined} />
        <TextField
          id="username"
          label="Username"
          // The page consists of this form, so it begins there.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          error={missing.username}
        />
        <PasswordField
          id="password"
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={missing.password}
        />
        <Button type="submit" tone="primary" size="large" isBusy={isPending}>
          Sign in
        </Button>
      </form>
    </AuthCard>
  );
}

/** Words the error of a failed sign-in. An invalid username gets the same text as an unknown one. */
function messageOf(error: Error): string {
  const problem = toProblem(error);
  if (problem.status === 401 || problem.status === 422) return 'Username or password is wrong.';
  return problem.message;
}
