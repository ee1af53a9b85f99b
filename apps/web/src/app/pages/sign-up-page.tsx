import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { SignUp } from '../../features/auth/sign-up.tsx';
import { useGoOn } from './sign-in-page.tsx';

const route = getRouteApi('/sign-up');

export function SignUpPage() {
  const { redirect } = route.useSearch();
  useGoOn(redirect);
  useEffect(() => {
    document.title = 'Create an account · CNOP';
  }, []);
  return <SignUp redirect={redirect} />;
}
