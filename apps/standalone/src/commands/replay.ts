import { ConfigError } from '@cnop/common/config/read-config';
import { createLogger } from '@cnop/common/process/logger';
import type { ReplayedOrder } from '../replay/expected-outcome.ts';
import { describeDifference, statusOf } from '../replay/expected-outcome.ts';
import type { ReplayOptions, ReplayResult } from '../replay/run-replay.ts';
import { runReplay } from '../replay/run-replay.ts';
import { groupThousands, tableLines } from '../terminal-text.ts';

const MAX_DIFFERENCES_SHOWN = 20;
const WHOLE_PERCENT = 100;

export type ReplayCommand = Pick<ReplayOptions, 'file' | 'asset' | 'orders' | 'seed' | 'distort'>;

/** Exit codes; docs/reference/replay.md lists them. */
const EXIT_AGREES = 0;
const EXIT_ENGINE_IS_WRONG = 1;
const EXIT_BAD_INPUT = 2;
const EXIT_NOT_PLAYED = 3;

export interface ReplayOutput {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/**
 * Plays a file of prices and compares every order with an independent walk over the file.
 * @returns the exit code: 0 all agree, 1 only when an order differs or the audit finds a violation, 2 bad input, 3 when
 * the replay did not finish
 * @see docs/reference/replay.md
 */
export async function runReplayCommand(command: ReplayCommand, output: ReplayOutput): Promise<number> {
  const showProgress = process.stderr.isTTY;
  try {
    const result = await runReplay({
      ...command,
      logger: createLogger({ level: 'warn' }),
      onProgress: (points, all) => {
        if (showProgress) output.printError(`\r${Math.floor((points / all) * WHOLE_PERCENT)} % played`);
      },
    });
    if (showProgress) output.printError('\r');
    output.print(`${describe(result)}\n`);
    return isSound(result) ? EXIT_AGREES : EXIT_ENGINE_IS_WRONG;
  } catch (error) {
    if (error instanceof ConfigError) {
      output.printError(`${error.message}\n`);
      return EXIT_BAD_INPUT;
    }
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    output.printError(`The replay did not finish: ${what}\n`);
    return EXIT_NOT_PLAYED;
  }
}

function isSound({ replayed, violations }: ReplayResult): boolean {
  return violations === 0 && replayed.every((each) => describeDifference(each) === undefined);
}

function describe({ points, replayed, violations }: ReplayResult): string {
  const types = [...new Set(replayed.map(({ planned }) => planned.request.order_type))].toSorted();
  const differing = replayed.filter((each) => describeDifference(each) !== undefined);
  return [
    `${groupThousands(String(points))} prices, ${replayed.length} orders`,
    '',
    ...tableLines(
      [
        { title: 'type' },
        ...['orders', 'completed', 'expired', 'open', 'failed', 'refused', 'as expected'].map(
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
      .map((each) => `${JSON.stringify(each.planned)}: ${describeDifference(each)}`),
    `${replayed.length - differing.length} of ${replayed.length} orders as the walk over the file says; ` +
      `${violations} violations found by the audit.`,
  ].join('\n');
}

function rowOf(type: string, replayed: readonly ReplayedOrder[]): string[] {
  const count = (status: string) =>
    String(replayed.filter(({ placed }) => statusOf(placed) === status).length);
  const agreeing = replayed.filter((each) => describeDifference(each) === undefined).length;
  return [
    type,
    String(replayed.length),
    count('completed'),
    count('expired'),
    count('queued'),
    count('failed'),
    count('refused'),
    String(agreeing),
  ];
}
