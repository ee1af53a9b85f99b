import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { Column } from '../terminal-text.ts';
import { tableLines } from '../terminal-text.ts';
import type { State, Status } from './read-status.ts';

const COLUMNS: readonly Column[] = [
  {},
  { title: 'process' },
  { title: 'pid', align: 'right' },
  { title: 'state' },
  { title: 'requests/s', align: 'right' },
  { title: 'p99', align: 'right' },
  { title: '5xx', align: 'right' },
  { title: 'lease' },
  { title: 'lag', align: 'right' },
];
const KEYS = '↑ ↓ choose   k kill -9   s stop (SIGTERM)   f freeze or thaw   r start or restart   q quit';
const MARKER = '›';
const SHOWN_EVENTS = 6;

const RESET = '\u001B[0m';
const BOLD = '\u001B[1m';
const COLOURS: Readonly<Record<State, string>> = {
  ready: '\u001B[32m',
  starting: '\u001B[33m',
  'not ready': '\u001B[33m',
  'no answer': '\u001B[31m',
  ended: '\u001B[31m',
};

/** What the screen shows. */
export interface View {
  /** The address and other lines above the table. */
  readonly heading: readonly string[];
  readonly statuses: readonly Status[];
  /** The position of the process that the keys act on. */
  readonly chosen: number;
  /** The latest events, oldest first. */
  readonly events: readonly string[];
  readonly hasColours: boolean;
}

/** Returns the lines of the screen. */
export function screenLines({ heading, statuses, chosen, events, hasColours }: View): string[] {
  const styled = (style: string, line: string) => (hasColours ? style + line + RESET : line);
  const [titles = '', ...rows] = tableLines(
    COLUMNS,
    statuses.map((status, position) => [position === chosen ? MARKER : '', ...cells(status)]),
  );
  return [
    ...heading,
    '',
    styled(BOLD, titles),
    ...rows.map((row, position) => {
      const state = statuses[position]?.state ?? 'ended';
      return state === 'ready' ? row : styled(COLOURS[state], row);
    }),
    '',
    KEYS,
    '',
    ...events.slice(-SHOWN_EVENTS),
  ];
}

function cells({ name, pid, state, requestsPerSecond, tailSeconds, failures, isLeader, lagSeconds }: Status) {
  return [
    name,
    pid === undefined ? '' : String(pid),
    state,
    requestsPerSecond === undefined ? '' : String(Math.round(requestsPerSecond)),
    tailSeconds === undefined ? '' : duration(tailSeconds),
    failures === undefined ? '' : String(failures),
    isLeader === undefined ? '' : isLeader ? 'makes prices' : 'standby',
    lagSeconds === undefined ? '' : duration(lagSeconds),
  ];
}

/** Formats a time as `25 ms` or `2.5 s`. */
function duration(seconds: number): string {
  if (seconds === Infinity) return '> 10 s';
  if (seconds < 1) return `${Math.round(seconds * MILLISECONDS_PER_SECOND)} ms`;
  return `${Math.round(seconds * 10) / 10} s`;
}
