import type { ItemKey } from '@cnop/common/database/table-store';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/**
 * Where one item is listed, against where it belongs.
 * @param expected places that the item's fields make, each with the name of its index
 * @param found places where it is listed
 */
export function checkPlaces(
  key: ItemKey,
  expected: readonly string[],
  found: readonly string[],
): Violation[] {
  return [
    ...expected
      .filter((place) => !found.includes(place))
      .map((place) => violation('index-missing', [key], `It is not listed in ${place}.`)),
    ...found
      .filter((place) => !expected.includes(place))
      .map((place) => violation('index-stray', [key], `It must not be listed in ${place}.`)),
  ];
}
