import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { generatePassword } from '../create-admin.ts';
import type { Consumption } from './counted-store.ts';
import type { Answer, MeasuredPlatform, Request } from './measured-platform.ts';

/** One operation of the API, or one run of a background job, and what it consumed. */
export interface OperationCost extends Consumption {
  readonly name: string;
}

/** The parts with which operations are measured, one after the other. */
export interface Measurement {
  readonly platform: MeasuredPlatform;
  /** A password that the rules of passwords accept. */
  readonly password: string;
  /** Measures one request. */
  measure(name: string, request: Request, options?: { readonly mayFail: boolean }): Promise<Answer>;
  /** Measures any work. */
  measureWork(name: string, work: () => Promise<unknown>): Promise<void>;
  /** Sends a request that is not measured. */
  call: MeasuredPlatform['call'];
  /** Signs a user in and reads the session once, as a client that is in use has done a moment before. */
  signIn(username: string): Promise<string>;
}

/** Creates the parts with which operations are measured. */
export function createMeasurement(
  platform: MeasuredPlatform,
  measureWork: Measurement['measureWork'],
): Measurement {
  const password = generatePassword();
  return {
    platform,
    password,
    measureWork,
    async measure(name, request, options) {
      let answer: Answer = {};
      await measureWork(name, async () => {
        answer = await platform.call(request, options);
      });
      return answer;
    },
    call: platform.call,
    async signIn(username) {
      const body = { username, password };
      const { access_token: token = '' } = await platform.call({ method: 'POST', path: '/auth/login', body });
      await platform.call({ method: 'GET', path: '/auth/profile', token });
      return token;
    },
  };
}

/** Returns the order of an answer. */
export function orderOf(answer: Answer) {
  return orderDocumentSchema.parse(answer.data);
}
