/** Formats `1234567.5` as `1,234,567.5`, without changing a digit. */
export function groupThousands(plain: string): string {
  const [integer = '', ...fraction] = plain.split('.');
  return [integer.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

/** Formats `-1234.50` as `-$1,234.50`. */
export function dollars(usd: string): string {
  return usd.startsWith('-') ? `-$${groupThousands(usd.slice(1))}` : `$${groupThousands(usd)}`;
}

/** A column of a table for the terminal. */
export interface Column {
  readonly title?: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** Returns the lines of a table with columns as wide as their widest cell. Cells must not contain colour codes. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const hasTitles = columns.some(({ title }) => title !== undefined);
  const lines = hasTitles ? [columns.map(({ title = '' }) => title), ...rows] : rows;
  const widths = columns.map((_, position) =>
    Math.max(0, ...lines.map((line) => widthOf(line[position] ?? ''))),
  );
  return lines.map((line) =>
    columns
      .map(({ align = 'left' }, position) => {
        const cell = line[position] ?? '';
        const space = ' '.repeat((widths[position] ?? 0) - widthOf(cell));
        return align === 'right' ? space + cell : cell + space;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function widthOf(cell: string): number {
  return Array.from(cell).length;
}
