const REFUSED_PATTERN = /^q=0(\.0*)?$/;
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The smallest encoding that a client takes. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding | undefined {
  return ENCODINGS.find((encoding) => names(acceptEncoding, encoding));
}

/** Whether somebody waits for a page. A program that takes anything is better told that there is nothing. */
export function acceptsPage(accept: string | undefined): boolean {
  return names(accept, 'text/html');
}

/** Whether a client has a version of the content already. Tags compare weakly, as a proxy may have weakened one. */
export function isKnownVersion(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim());
  return tags.includes('*') || tags.some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

/** Whether a list such as `gzip, br;q=0.5` has the value, and does not refuse it. */
function names(header: string | undefined, value: string): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === value && !parameters.some((parameter) => REFUSED_PATTERN.test(parameter));
  });
}
