import { createApiClient, DemoFailure } from '../demo/api-client.ts';
import { playDemo } from '../demo/play-demo.ts';
import type { Output } from '../demo/screen.ts';
import { createScreen } from '../demo/screen.ts';

export interface DemoOptions {
  /** The origin of the server, such as `http://127.0.0.1:8080`. */
  readonly url: string;
}

const EXIT_PLAYED = 0;
const EXIT_FAILED = 1;

/**
 * Acts as a new customer of a running server, over HTTP like any client.
 * @returns the exit code: 0 when all steps succeeded, otherwise 1
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
    output.print('\nEverything is stored. Run cnop verify to check that every balance adds up.\n');
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
    // hasColors() respects NO_COLOR and the abilities of the terminal.
    hasColours: process.stdout.isTTY && process.stdout.hasColors(),
  };
}
