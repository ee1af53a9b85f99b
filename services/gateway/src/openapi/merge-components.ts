/** Reusable parts of a document, by kind (`schemas`, `responses`, ...) and name. */
export type Components = Record<string, Record<string, unknown>>;

/** References of a document whose targets have another name in the merged document. */
export type RenamedReferences = ReadonlyMap<string, string>;

/** Only the gateway's own security scheme applies. */
const NOT_MERGED = 'securitySchemes';

/**
 * Adds the components of one document. A component whose name is taken by a different one is prefixed with the owner.
 * @param merged the components to add to; changed in place
 * @param owner the name of the service
 * @returns the references to rename in the document
 */
export function mergeComponents(merged: Components, added: Components, owner: string): RenamedReferences {
  const renamed = new Map<string, string>();
  const moves: { readonly kind: string; readonly name: string; readonly value: unknown }[] = [];
  for (const [kind, parts] of Object.entries(added)) {
    if (kind === NOT_MERGED) continue;
    for (const [name, value] of Object.entries(parts)) {
      const free = freeName(merged[kind] ?? {}, name, { value, owner });
      if (free !== name) renamed.set(`#/components/${kind}/${name}`, `#/components/${kind}/${free}`);
      moves.push({ kind, name: free, value });
    }
  }
  for (const { kind, name, value } of moves) {
    merged[kind] = { ...merged[kind], [name]: withReferences(value, renamed) };
  }
  return renamed;
}

function freeName(
  taken: Record<string, unknown>,
  name: string,
  { value, owner }: { readonly value: unknown; readonly owner: string },
): string {
  let free = name;
  for (let copy = 1; Object.hasOwn(taken, free) && !isSame(taken[free], value); copy++) {
    free = copy === 1 ? `${owner}_${name}` : `${owner}${copy}_${name}`;
  }
  return free;
}

/** Components with references are never equal, since the same reference may mean different targets. */
function isSame(one: unknown, other: unknown): boolean {
  const text = JSON.stringify(one);
  return text === JSON.stringify(other) && !text.includes('"$ref"');
}

/** Returns a copy with renamed references. */
export function withReferences(value: unknown, renamed: RenamedReferences): unknown {
  if (Array.isArray(value)) return value.map((element) => withReferences(element, renamed));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string'
        ? (renamed.get(member) ?? member)
        : withReferences(member, renamed),
    ]),
  );
}
