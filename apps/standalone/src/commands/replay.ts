import { createLogger } from '@cnop/common/http/logger';
import type { ReplayedOrder } from '../replay/compare-outcomes.ts';
import { differenceOf } from '../replay/compare-outcomes.ts';
import type { ReplayResult } from '../replay/run-replay.ts';
import { runReplay } from '../replay/run-replay.ts';
import { groupThousands } from '../terminal/numbers.ts';
import { tableLines } from '../terminal/table.ts';

const MAX_DIFFERENCES_SHOWN = 20;
const WHOLE_PERCENT = 100;

export interface ReplayCommand {
  readonly file: string;
  readonly orders: number;
  readonly seed: number;
}

/**
 * Plays a file of prices and compares every order with a walk over the file.
 * @returns the exit code: 1 when an order differs or the books are not sound
 */
export async function runReplayCommand(
  command: ReplayCommand,
  print: (text: string) => void,
): Promise<number> {
  const showProgress = process.stderr.isTTY;
  const result = await runReplay({
    ...command,
    logger: createLogger({ level: 'warn' }),
    onProgress: (points, all) => {
      if (showProgress) process.stderr.write(`\r${Math.floor((points / all) * WHOLE_PERCENT)} % played`);
    },
  });
  if (showProgress) process.stderr.write('\r');
  print(`${describe(result)}\n`);
  const isSound =
    result.replayed.every((each) => differenceOf(each) === undefined) && result.violations === 0;
  return isSound ? 0 : 1;
}

function describe({ points, replayed, violations }: ReplayResult): string {
  const types = [...new Set(replayed.map(({ planned }) => planned.request.order_type))].toSorted();
  const differing = replayed.filter((each) => differenceOf(each) !== undefined);
  return [
    `${groupThousands(String(points))} prices, ${replayed.length} orders`,
    '',
    ...tableLines(
      [
        { title: 'type' },
        ...['orders', 'completed', 'expired', 'waiting', 'as expected'].map(
          (title) => ({ title, align: 'right' }) as const,
        ),
      ],
      types.map((type) =>
        rowOf(
          type,
          replayed.filter(({ planned }) => planned.request.order_type === type),
        ),
      ),
    ),
    '',
    ...differing
      .slice(0, MAX_DIFFERENCES_SHOWN)
      .map((each) => `${JSON.stringify(each.planned)}: ${differenceOf(each)}`),
    `${replayed.length - differing.length} of ${replayed.length} orders as the walk over the file says; ` +
      `${violations} violations found by the audit.`,
  ].join('\n');
}

function rowOf(type: string, replayed: readonly ReplayedOrder[]): string[] {
  const count = (status: string) => String(replayed.filter(({ order }) => order?.status === status).length);
  const agreeing = replayed.filter((each) => differenceOf(each) === undefined).length;
  return [
    type,
    String(replayed.length),
    count('completed'),
    count('expired'),
    count('queued'),
    String(agreeing),
  ];
}
