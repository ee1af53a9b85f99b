// Tables as text that spreadsheets open (RFC 4180).

const LINE_END = '\r\n';
const NEEDS_QUOTES_PATTERN = /[",\r\n]/;
/** What a spreadsheet would take for the beginning of a formula. */
const FORMULA_PATTERN = /^[=+\-@\t\r]/;

/** A table: a header and its rows, each line ended. */
export function csvOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => row.map(quoted).join(',') + LINE_END).join('');
}

/**
 * Text that somebody wrote, such that a spreadsheet shows it and does not reckon with it. Not for numbers: a minus sign
 * would be taken for a formula.
 */
export function harmlessText(text: string): string {
  return FORMULA_PATTERN.test(text) ? `'${text}` : text;
}

function quoted(field: string): string {
  return NEEDS_QUOTES_PATTERN.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
