const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
const PRINTABLE = /^[ -~]*$/;
const HIGHEST_CODE_POINT = 0x10ffff;
/** Before the mirror image of a character that is not printable ASCII; lower than all images of those that are. */
const OTHER_CHARACTER = '\u001c';
const HEXADECIMAL = 16;
const HEXADECIMAL_DIGITS = 6;
/** Higher than every image of a character, so that a text comes behind those that continue it. */
const END = '\u007f';

/**
 * A text for each text, in the opposite order: where one sorts before another by its bytes in UTF-8, its image sorts
 * behind the other's.
 */
export function mirrored(text: string): string {
  return PRINTABLE.test(text) ? mirroredPrintable(text) + END : Array.from(text, imageOf).join('') + END;
}

/** The text whose image this is. */
export function unmirrored(image: string): string {
  const [printable = '', ...others] = image.slice(0, -END.length).split(OTHER_CHARACTER);
  return mirroredPrintable(printable) + others.map(textOf).join('');
}

/** Two of it are the text again. As bytes, since a command mirrors several keys and joining characters is slow. */
function mirroredPrintable(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += 1)
    bytes[at] = FIRST_PRINTABLE + LAST_PRINTABLE - (bytes[at] ?? 0);
  return bytes.toString('latin1');
}

function imageOf(character: string): string {
  if (PRINTABLE.test(character)) return mirroredPrintable(character);
  const distance = HIGHEST_CODE_POINT - (character.codePointAt(0) ?? 0);
  return OTHER_CHARACTER + distance.toString(HEXADECIMAL).padStart(HEXADECIMAL_DIGITS, '0');
}

/** The character whose distance comes first, and the printable ones that follow it. */
function textOf(image: string): string {
  const distance = Number.parseInt(image.slice(0, HEXADECIMAL_DIGITS), HEXADECIMAL);
  return (
    String.fromCodePoint(HIGHEST_CODE_POINT - distance) + mirroredPrintable(image.slice(HEXADECIMAL_DIGITS))
  );
}
