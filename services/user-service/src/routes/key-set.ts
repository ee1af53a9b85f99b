import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';

/** The members of a public key. Any other member, such as a private part, is dropped. */
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

/**
 * Adds the route of the public keys that verify tokens.
 * @see https://www.rfc-editor.org/rfc/rfc7517 for the format
 */
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
