import { userSchema } from '@cnop/common/entities/user/user';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { callApi } from '../http/client.ts';

export const profileSchema = userSchema.omit({ password_hash: true, last_login: true });
export type Profile = z.output<typeof profileSchema>;

export const PROFILE_KEY = ['profile'] as const;

export function profileQuery() {
  return queryOptions({
    queryKey: PROFILE_KEY,
    queryFn: ({ signal }) => callApi({ path: '/auth/profile', schema: profileSchema, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
