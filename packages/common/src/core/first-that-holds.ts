/**
 * Finds where something begins to hold that holds from there on, in as many looks as the span has binary digits.
 * @param span `from` is the first number that may be it; `end` is the answer when it holds for none before
 */
export async function firstThatHolds(
  { from, end }: { readonly from: number; readonly end: number },
  holds: (candidate: number) => Promise<boolean>,
): Promise<number> {
  let first = from;
  let known = end;
  while (first < known) {
    const candidate = Math.floor((first + known) / 2);
    if (await holds(candidate)) known = candidate;
    else first = candidate + 1;
  }
  return known;
}
