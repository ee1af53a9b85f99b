import { identityOf, originOf } from '@cnop/common/http/authentication';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { readUser, updateProfile } from '../use-cases/accounts/profile.ts';
import { registerUser } from '../use-cases/accounts/register-user.ts';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import {
  profileChangedSchema,
  profileChangeSchema,
  profileSchema,
  registrationSchema,
} from './account-schemas.ts';

const tags = ['accounts'];
const docs = { tags, security: BEARER_SECURITY };

/** Adds the routes for signing up and for the own profile. */
export function accountRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.post(
    '/auth/register',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Sign up',
        body: registrationSchema(deps.clock),
        response: { 201: profileChangedSchema },
      },
    },
    async (request, reply) => {
      const { username, email, password, ...profile } = request.body;
      const user = await registerUser(deps, {
        username,
        email,
        password,
        profile,
        origin: originOf(request),
      });
      return reply.code(201).send({ message: 'User registered successfully', user });
    },
  );

  app.get(
    '/auth/profile',
    { schema: { ...docs, summary: 'Read the own profile', response: { 200: profileSchema } } },
    async (request) => readUser(deps, identityOf(request).username),
  );

  app.put(
    '/auth/profile',
    {
      schema: {
        ...docs,
        summary: 'Change the own profile',
        body: profileChangeSchema(deps.clock),
        response: { 200: profileChangedSchema },
      },
    },
    async (request) => {
      const { username } = identityOf(request);
      const { current_password: currentPassword, ...change } = request.body;
      const origin = originOf(request);
      const user = await updateProfile(deps, { username, change, currentPassword, origin });
      return { message: 'Profile updated successfully', user };
    },
  );
}
