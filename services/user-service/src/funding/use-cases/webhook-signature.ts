import { createHmac, timingSafeEqual } from 'node:crypto';
import { epochSeconds } from '@cnop/common/core/clock';
import { AuthenticationError } from '@cnop/exception/errors';

/** The largest accepted difference between the time of a signature and the clock: a recorded event is useless later. */
const MAX_AGE_SECONDS = 300;
const SIGNATURE_PATTERN = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** An event as it arrived. */
export interface SignedBody {
  /** The value of the signature header. */
  readonly signature: unknown;
  readonly body: Buffer;
}

/** Returns the signature of a body: an HMAC-SHA-256 over the time and the bytes of the body. */
export function signBody(body: Buffer | string, seconds: number, secret: string): string {
  return `t=${seconds},v1=${digestOf(body, String(seconds), secret).toString('hex')}`;
}

/**
 * Checks that an event comes from the provider, and that it was signed a moment ago.
 * @param secrets all of them are accepted, so that a secret can be replaced without a gap
 * @throws AuthenticationError (401)
 */
export function assertSigned(
  { signature, body }: SignedBody,
  { secrets, now }: { readonly secrets: readonly string[]; readonly now: Date },
): void {
  const [, seconds = '', hex = ''] = SIGNATURE_PATTERN.exec(String(signature)) ?? [];
  const given = Buffer.from(hex, 'hex');
  const isSigned = secrets.some((secret) => {
    const expected = digestOf(body, seconds, secret);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isSigned) throw new AuthenticationError('The signature of this event is not valid.');
  if (Math.abs(epochSeconds(now) - Number(seconds)) > MAX_AGE_SECONDS) {
    throw new AuthenticationError('This event was signed too long ago, or the clocks differ.');
  }
}

function digestOf(body: Buffer | string, seconds: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
}
