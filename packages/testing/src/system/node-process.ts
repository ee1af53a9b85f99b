import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The root of the project; sources and builds lie equally deep. */
export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../../../..');

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface NodeProcess {
  readonly pid: number;
  /** Resolves when the process has ended and all it wrote has been read. */
  readonly exit: Promise<Exit>;
  readonly hasEnded: boolean;
  stdout(): string;
  stderr(): string;
  /** Sends a signal, unless the process has ended, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

export interface NodeProcessOptions {
  /** From the project's root, such as `apps/standalone/dist/cli.js`. */
  readonly script: string;
  readonly args?: readonly string[];
  /** All that the process sees of the environment, but for PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where a `.env` file would be read from. */
  readonly cwd: string;
}

/** Starts a Node process that does not outlive this one. */
export function startNode({ script, args = [], env = {}, cwd }: NodeProcessOptions): NodeProcess {
  const child = spawn(process.execPath, [path.join(PROJECT_ROOT, script), ...args], {
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
