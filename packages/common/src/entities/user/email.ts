import { z } from 'zod';

/** Of a path in SMTP (RFC 5321, section 4.5.3.1), without its angle brackets. */
const MAX_EMAIL_BYTES = 254;
const MAX_LOCAL_PART_BYTES = 64;
const MAX_DOMAIN_LENGTH = 253;

/** A dot-string of RFC 5321 with the letters of RFC 6531; no quoted text. */
const LOCAL_PART_PATTERN =
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** What may be written of a domain, with the full stops and the joiners of other scripts. */
const TYPED_DOMAIN_PATTERN = /^[\p{L}\p{M}\p{N}\u200C-\u200D.。．｡-]+$/u;
/** At least two labels, of which the last one begins with a letter: no address of a machine. */
const ASCII_DOMAIN_PATTERN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Returns the one form of an e-mail address: composed (NFC), in lower case, its domain in ASCII (`xn--`). Undefined for
 * what is no address, which includes quoted local parts and addresses of machines (`a@[127.0.0.1]`).
 */
export function canonicalEmail(text: string): string | undefined {
  const typed = text.trim().normalize('NFC');
  const at = typed.lastIndexOf('@');
  const localPart = typed.slice(0, Math.max(at, 0)).toLowerCase().normalize('NFC');
  const domain = asciiDomain(typed.slice(at + 1));
  if (domain === undefined || !LOCAL_PART_PATTERN.test(localPart)) return undefined;
  if (byteLength(localPart) > MAX_LOCAL_PART_BYTES) return undefined;
  const email = `${localPart}@${domain}`;
  return byteLength(email) <= MAX_EMAIL_BYTES ? email : undefined;
}

/** An e-mail address of a request, in its one form. */
export const emailSchema = z
  .string()
  .trim()
  .max(MAX_EMAIL_BYTES)
  .overwrite((text) => canonicalEmail(text) ?? text)
  .superRefine((text, context) => {
    if (canonicalEmail(text) === text) return;
    const message = 'This is not an e-mail address.';
    context.addIssue({ code: 'invalid_format', format: 'email', message, input: text });
  });

/** An e-mail address as it is stored. It may be from before addresses had one form, and is a part of a key. */
export const storedEmailSchema = z.string().min(1).max(MAX_EMAIL_BYTES);

/** Every URL parser knows how to write a domain in ASCII (UTS 46), so that no table of ours has to. */
function asciiDomain(typed: string): string | undefined {
  const url = `http://${typed}`;
  if (!TYPED_DOMAIN_PATTERN.test(typed) || !URL.canParse(url)) return undefined;
  const domain = new URL(url).hostname;
  return domain.length <= MAX_DOMAIN_LENGTH && ASCII_DOMAIN_PATTERN.test(domain) ? domain : undefined;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
