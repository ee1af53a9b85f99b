import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { Column } from '@cnop/standalone/terminal-text';
import { tableLines } from '@cnop/standalone/terminal-text';
import type { FaultResult } from './run-chaos.ts';

const right = (title: string): Column => ({ title, align: 'right' });
const COLUMNS: readonly Column[] = [
  { title: 'fault' },
  right('orders acknowledged'),
  right('5xx'),
  right('cut'),
  right('lost'),
  right('doubled'),
  right('longest pause'),
  right('recovered after'),
];
const SEPARATOR = ' | ';

/** Returns the results as a table for the terminal. */
export function chaosTable(results: readonly FaultResult[]): string[] {
  return tableLines(COLUMNS, results.map(cells));
}

/** Returns the results as a Markdown table. */
export function chaosMarkdown(results: readonly FaultResult[]): string[] {
  const line = (texts: readonly string[]) => `| ${texts.join(SEPARATOR)} |`;
  return [
    line(COLUMNS.map(({ title = '' }) => title)),
    line(COLUMNS.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...results.map((result) => line(cells(result))),
  ];
}

function cells(result: FaultResult): string[] {
  const { fault, acknowledged, serverErrors, cut, lost, doubled } = result;
  const recovered = result.recoveredAfterMilliseconds;
  return [
    fault,
    String(acknowledged),
    errorsText(serverErrors),
    String(cut),
    String(lost),
    String(doubled),
    seconds(result.longestPauseMilliseconds),
    recovered === undefined ? 'never' : seconds(recovered),
  ];
}

/** Formats counts by status as `12 (503)`, or `0`. */
function errorsText(serverErrors: FaultResult['serverErrors']): string {
  const parts = Object.entries(serverErrors).map(([status, count]) => `${count} (${status})`);
  return parts.length === 0 ? '0' : parts.join(', ');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / MILLISECONDS_PER_SECOND).toFixed(1)} s`;
}
