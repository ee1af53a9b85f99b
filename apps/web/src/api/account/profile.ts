import { userSchema } from '@cnop/common/entities/user/user';
import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../http/client.ts';

const profileSchema = userSchema.omit({ password_hash: true, last_login: true });

export function profileQuery() {
  return queryOptions({
    queryKey: ['profile'],
    queryFn: ({ signal }) => callApi({ path: '/auth/profile', schema: profileSchema, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
