import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';

/** The members of a public key. A private part that got here by mistake would not leave: it is not listed. */
const keySetSchema = z.object({
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

/** The keys that tokens are checked with (RFC 7517). */
export function keySetRoutes(app: ServiceApp, publicKeys: ReturnType<SigningKeys['publicKeys']>): void {
  const keySet = keySetSchema.parse(publicKeys);
  app.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'public' },
      schema: { tags: ['sessions'], summary: 'Read the public keys', response: { 200: keySetSchema } },
    },
    () => keySet,
  );
}
