import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The root of the project; sources and builds have the same depth. */
export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../../../..');

/** The end of a process. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running Node process. */
export interface NodeProcess {
  readonly pid: number;
  /** Resolves when the process has ended and its output has been read. */
  readonly exit: Promise<Exit>;
  readonly hasEnded: boolean;
  stdout(): string;
  stderr(): string;
  /** Sends a signal without waiting for what it does. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal, SIGKILL by default, and waits for the end of the process. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** The script and the environment of a process. */
export interface NodeProcessOptions {
  /** The path from the root of the project, such as `apps/standalone/dist/cli.js`. */
  readonly script: string;
  readonly args?: readonly string[];
  /** The whole environment of the process, besides PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** The binary of another version of Node. */
  readonly node?: string;
  /** The working directory, from which a `.env` file is read. */
  readonly cwd: string;
}

/** Starts a Node process, which is killed when this process exits. */
export function startNode({
  script,
  args = [],
  env = {},
  node = process.execPath,
  cwd,
}: NodeProcessOptions): NodeProcess {
  const child = spawn(node, [path.join(PROJECT_ROOT, script), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid === undefined) throw new Error(`${script} could not be started`);
  const killWithUs = () => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  let exited: Exit | undefined;
  const exit = once(child, 'close').then(([code, signal]) => {
    process.off('exit', killWithUs);
    exited = { code: code as number | null, signal: signal as NodeJS.Signals | null };
    return exited;
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return {
    pid: child.pid,
    exit,
    get hasEnded() {
      return exited !== undefined;
    },
    stdout,
    stderr,
    signal: (signal) => void child.kill(signal),
    async stop(signal = 'SIGKILL') {
      if (!exited) child.kill(signal);
      return exit;
    },
  };
}

/** Runs a Node process to its end. */
export async function runNode(
  options: NodeProcessOptions,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const started = startNode(options);
  const { code } = await started.exit;
  return { code, stdout: started.stdout(), stderr: started.stderr() };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
