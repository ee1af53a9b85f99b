import { z } from 'zod';

/** The longest path in SMTP (RFC 5321, section 4.5.3.1) without its angle brackets. */
const MAX_EMAIL_BYTES = 254;
const MAX_LOCAL_PART_BYTES = 64;
const MAX_DOMAIN_LENGTH = 253;

/** A dot-string of RFC 5321 with the letters of RFC 6531; no quoted text. */
const LOCAL_PART_PATTERN =
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** A domain as typed, with the full stops and the joiners of other scripts. */
const TYPED_DOMAIN_PATTERN = /^[\p{L}\p{M}\p{N}\u200C-\u200D.。．｡-]+$/u;
/** A domain in ASCII: at least two labels, the last one beginning with a letter, so no IP address. */
const ASCII_DOMAIN_PATTERN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Returns the canonical form of an e-mail address: composed (NFC), in lower case, with the domain in ASCII (`xn--`).
 * Returns undefined for text that is not an address, and for quoted local parts and IP addresses (`a@[127.0.0.1]`).
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

/** An e-mail address in a request, transformed to its canonical form. */
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

/** A stored e-mail address, which is a part of a key. Earlier versions stored other forms than the canonical one. */
export const storedEmailSchema = z.string().min(1).max(MAX_EMAIL_BYTES);

/** Converts a domain to ASCII (UTS 46) with the URL parser; undefined when it is not a domain. */
function asciiDomain(typed: string): string | undefined {
  const url = `http://${typed}`;
  if (!TYPED_DOMAIN_PATTERN.test(typed) || !URL.canParse(url)) return undefined;
  const domain = new URL(url).hostname;
  return domain.length <= MAX_DOMAIN_LENGTH && ASCII_DOMAIN_PATTERN.test(domain) ? domain : undefined;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
