import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { SignIn } from '../../features/auth/sign-in.tsx';
import { SignUp } from '../../features/auth/sign-up.tsx';
import { useSession } from '../../session/access-token.ts';

/** The page after signing in, unless another one was asked for. */
const HOME = '/portfolio';
const signInRoute = getRouteApi('/sign-in');

export function SignInPage() {
  const { redirect } = signInRoute.useSearch();
  useRedirectWhenSignedIn(redirect);
  useEffect(() => {
    document.title = 'Sign in · CNOP';
  }, []);
  return <SignIn redirect={redirect} />;
}

/** Navigates to the requested page once the user is signed in. */
function useRedirectWhenSignedIn(redirect: string | undefined): void {
  const router = useRouter();
  const session = useSession();
  const target = redirect ?? HOME;
  useEffect(() => {
    if (session === 'signed-in') void router.navigate({ href: target, replace: true });
  }, [session, router, target]);
}

const signUpRoute = getRouteApi('/sign-up');

export function SignUpPage() {
  const { redirect } = signUpRoute.useSearch();
  useRedirectWhenSignedIn(redirect);
  useEffect(() => {
    document.title = 'Create an account · CNOP';
  }, []);
  return <SignUp redirect={redirect} />;
}
