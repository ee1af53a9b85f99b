import type { Column } from '../terminal/table.ts';
import { tableLines } from '../terminal/table.ts';

export interface Output {
  readonly print: (text: string) => void;
  /** Whether the terminal shows colours, and its user wants them. */
  readonly hasColours: boolean;
}

export interface Screen {
  /** Begins a numbered step. */
  step(title: string): void;
  /** What was asked of the server, and how it answered. */
  request(method: string, path: string, status: number): void;
  line(text?: string): void;
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void;
}

const INDENT = '   ';
const BOLD = ['\u001B[1m', '\u001B[22m'] as const;
const DIM = ['\u001B[2m', '\u001B[22m'] as const;

export function createScreen({ print, hasColours }: Output): Screen {
  const styled = ([on, off]: readonly [string, string], text: string): string =>
    hasColours ? on + text + off : text;
  const line = (text = ''): void => print(text === '' ? '\n' : `${INDENT}${text}\n`);
  let steps = 0;
  return {
    step(title) {
      steps += 1;
      print(`\n${styled(BOLD, `${steps}. ${title}`)}\n`);
    },
    request: (method, path, status) => line(styled(DIM, `${method} ${path} -> ${status}`)),
    line,
    table(columns, rows) {
      for (const text of tableLines(columns, rows)) line(text);
    },
  };
}
