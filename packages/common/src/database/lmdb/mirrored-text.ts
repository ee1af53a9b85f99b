const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
const PRINTABLE = /^[ -~]*$/;
const HIGHEST_CODE_POINT = 0x10ffff;
/** Marks a character that is not printable ASCII; sorts before all mirrored printable characters. */
const OTHER_CHARACTER = '\u001c';
const HEXADECIMAL = 16;
const HEXADECIMAL_DIGITS = 6;
/** Sorts after every mirrored character, so that a text sorts after the texts that continue it. */
const END = '\u007f';

/**
 * Returns a text that sorts in reverse: if one text sorts before another by its bytes in UTF-8, its mirrored text sorts
 * after the other's.
 */
export function mirrored(text: string): string {
  return PRINTABLE.test(text) ? mirroredPrintable(text) + END : Array.from(text, imageOf).join('') + END;
}

/** Inverse of `mirrored`. */
export function unmirrored(image: string): string {
  const [printable = '', ...others] = image.slice(0, -END.length).split(OTHER_CHARACTER);
  return mirroredPrintable(printable) + others.map(textOf).join('');
}

/** Mirrors printable ASCII; its own inverse. Works on bytes, which is faster than joining characters. */
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

/** Returns a character from its distance, and the printable characters that follow it. */
function textOf(image: string): string {
  const distance = Number.parseInt(image.slice(0, HEXADECIMAL_DIGITS), HEXADECIMAL);
  return (
    String.fromCodePoint(HIGHEST_CODE_POINT - distance) + mirroredPrintable(image.slice(HEXADECIMAL_DIGITS))
  );
}
