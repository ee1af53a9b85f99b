import type { Key } from 'node:readline';
import { emitKeypressEvents } from 'node:readline';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import type { Status } from './read-status.ts';
import { createStatusReader } from './read-status.ts';
import type { Member } from './run-cluster.ts';
import { screenLines } from './screen.ts';
import type { SupervisedProcess } from './supervisor.ts';

const REFRESH_MILLISECONDS = 1_000;
/** Moves to the first line and clears the rest. */
const CLEAR = '\u001B[H\u001B[J';
/** The second screen of a terminal, without a cursor; leaving it shows the first one as it was. */
const ENTER_SCREEN = '\u001B[?1049h\u001B[?25l';
const LEAVE_SCREEN = '\u001B[?25h\u001B[?1049l';

/** The status of a cluster on the terminal. */
export interface LiveScreen {
  /** Resolves when the user quits. */
  readonly quit: Promise<void>;
  /** Shows a line among the latest events. */
  readonly addEvent: (line: string) => void;
  /** Restores the terminal. */
  close(): Promise<void>;
}

/** Shows the status of all processes, refreshed each second, and acts on the chosen one by key. */
export function showCluster(members: readonly Member[], heading: readonly string[]): LiveScreen {
  const readStatuses = createStatusReader(members);
  const events: string[] = [];
  let statuses: readonly Status[] = [];
  let chosen = 0;

  const draw = (): void => {
    const view = { heading, statuses, chosen, events, hasColours: process.stdout.hasColors() };
    process.stdout.write(CLEAR + screenLines(view).join('\n'));
  };
  const refreshing = createRepeater({
    everyMilliseconds: REFRESH_MILLISECONDS,
    act: async () => {
      statuses = await readStatuses();
      draw();
    },
  });
  const addEvent = (line: string): void => {
    events.push(line);
    draw();
  };

  const act = createKeyActions(addEvent);
  let quitNow = (): void => undefined;
  const quit = new Promise<void>((resolve) => {
    quitNow = resolve;
  });
  const onKey = (letter: string | undefined, { name, ctrl }: Key): void => {
    if (name === 'q' || (ctrl === true && name === 'c')) return quitNow();
    if (name === 'up') chosen = Math.max(0, chosen - 1);
    else if (name === 'down') chosen = Math.min(members.length - 1, chosen + 1);
    const target = members[chosen];
    if (target && letter !== undefined) {
      act(letter, target.process).catch((error: unknown) =>
        addEvent(error instanceof Error ? error.message : String(error)),
      );
    }
    draw();
  };

  process.stdout.write(ENTER_SCREEN);
  const restore = (): void => void process.stdout.write(LEAVE_SCREEN);
  process.once('exit', restore);
  if (process.stdin.isTTY) {
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true).resume().on('keypress', onKey);
  }
  void refreshing.run();
  refreshing.start();

  return {
    quit,
    addEvent,
    async close() {
      await refreshing.stop();
      process.off('exit', restore);
      restore();
      if (process.stdin.isTTY) process.stdin.off('keypress', onKey).setRawMode(false).pause();
    },
  };
}

/** Creates the reaction to the keys that act on a process. */
function createKeyActions(addEvent: (line: string) => void) {
  const frozen = new Set<SupervisedProcess>();

  const freezeOrThaw = (target: SupervisedProcess): void => {
    const wasFrozen = frozen.delete(target);
    if (!wasFrozen) frozen.add(target);
    target.signal(wasFrozen ? 'SIGCONT' : 'SIGSTOP');
    addEvent(`${target.name} ${wasFrozen ? 'runs again' : 'is frozen'}`);
  };
  const restart = async (target: SupervisedProcess): Promise<void> => {
    if (frozen.delete(target)) target.signal('SIGCONT');
    if (target.pid !== undefined) await target.stop('SIGTERM');
    const milliseconds = await target.start();
    addEvent(`${target.name} is ready after ${Math.round(milliseconds)} ms`);
  };

  return async (letter: string, target: SupervisedProcess): Promise<void> => {
    if (letter === 'k') target.signal('SIGKILL');
    else if (letter === 's') target.signal('SIGTERM');
    else if (letter === 'f') freezeOrThaw(target);
    else if (letter === 'r') await restart(target);
  };
}
