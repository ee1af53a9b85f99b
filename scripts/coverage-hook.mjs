// Loaded into the server that `order-coverage.mjs` starts. On each message it answers with the script URLs of which a function
// ran since the message before.

import { Session } from 'node:inspector/promises';
import process from 'node:process';

// The process that hashes passwords inherits this hook and has its own messages.
const isServer = process.send !== undefined && process.argv[2] === 'start';

/** Returns whether a function of a script ran in the period. */
const ran = ({ functions }) => functions.some(({ ranges }) => ranges[0].count > 0);

if (isServer) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  process.on('message', async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    process.send(result.filter(ran).map(({ url }) => url));
  });
  process.channel.unref();
}
