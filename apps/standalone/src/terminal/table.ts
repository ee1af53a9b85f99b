export interface Column {
  readonly title?: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** Lines of a table with columns as wide as their widest cell. Cells hold no colours: those have no width. */
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
