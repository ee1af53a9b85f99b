/**
 * Finds the first number for which a monotonic predicate holds, by binary search: the predicate is false before some
 * number and true from there on.
 * @param span `from` is the first candidate, inclusive; `end` is returned when the predicate holds for none before it
 */
export async function binarySearch(
  { from, end }: { readonly from: number; readonly end: number },
  predicate: (candidate: number) => Promise<boolean>,
): Promise<number> {
  let low = from;
  let high = end;
  while (low < high) {
    const candidate = Math.floor((low + high) / 2);
    if (await predicate(candidate)) high = candidate;
    else low = candidate + 1;
  }
  return high;
}
