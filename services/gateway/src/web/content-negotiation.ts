const REFUSED_PATTERN = /^q=0(\.0*)?$/;
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Returns the smallest encoding that a client accepts. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding | undefined {
  return ENCODINGS.find((encoding) => listsValue(acceptEncoding, encoding));
}

/** Returns whether a client explicitly accepts HTML. A program that accepts anything gets 404 instead of a page. */
export function acceptsHtml(accept: string | undefined): boolean {
  return listsValue(accept, 'text/html');
}

/** Returns whether an `If-None-Match` header has an ETag. Tags compare weakly, since a proxy may have weakened one. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim());
  return tags.includes('*') || tags.some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

/** Returns whether a list such as `gzip, br;q=0.5` has a value with a quality above 0. */
function listsValue(header: string | undefined, value: string): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return name === value && !parameters.some((parameter) => REFUSED_PATTERN.test(parameter));
  });
}
