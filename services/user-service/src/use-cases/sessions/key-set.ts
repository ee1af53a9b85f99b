import { z } from 'zod';
import type { UserDependencies } from '../dependencies.ts';

/** The members of a public key. */
export const keySetSchema = z.object({
  keys: z.array(
    z.object({
      kty: z.string(),
      crv: z.string(),
      x: z.string(),
      kid: z.string(),
      alg: z.string(),
      use: z.string(),
    }),
  ),
});

/** Returns the public keys that verify tokens. Any other member of a key, such as a private part, is dropped. */
export function publishKeys({
  publicKeys,
}: Pick<UserDependencies, 'publicKeys'>): z.infer<typeof keySetSchema> {
  return keySetSchema.parse(publicKeys());
}
