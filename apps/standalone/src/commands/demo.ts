import { createApiClient } from '../demo/api-client.ts';
import { DemoFailure } from '../demo/demo-failure.ts';
import { playDemo } from '../demo/play-demo.ts';
import type { Output } from '../demo/screen.ts';
import { createScreen } from '../demo/screen.ts';

export interface DemoOptions {
  /** Where the server is, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

const EXIT_PLAYED = 0;
const EXIT_FAILED = 1;

/**
 * Plays a new customer against a running server, over HTTP as any client would.
 * @returns the exit code: 0 when all went well, 1 when not
 */
export async function runDemo({ url }: DemoOptions, output: Output = standardOutput()): Promise<number> {
  if (!URL.canParse(url)) {
    output.print(`${url} is no address; an address looks like http://127.0.0.1:8080\n`);
    return EXIT_FAILED;
  }
  const screen = createScreen(output);
  const api = createApiClient(url, (method, path, status) => screen.request(method, path, status));
  output.print(`Cloud Native Order Processor at ${url}\n`);
  try {
    await playDemo(api, screen);
    output.print('\nAll of it is stored now; cnop verify proves that every balance adds up.\n');
    return EXIT_PLAYED;
  } catch (error) {
    if (!(error instanceof DemoFailure)) throw error;
    output.print(`\n${error.message}\n`);
    return EXIT_FAILED;
  }
}

function standardOutput(): Output {
  return {
    print: (text) => process.stdout.write(text),
    // Heeds NO_COLOR and what the terminal can do.
    hasColours: process.stdout.isTTY && process.stdout.hasColors(),
  };
}
