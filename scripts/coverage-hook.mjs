// Loaded into the server that `order-coverage.mjs` starts. On the message `reset` it starts a period, which ends with the
// response to the next order. On `take` it answers with the script URLs of which a function ran in that period.

import { subscribe } from 'node:diagnostics_channel';
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
  const takeCoverage = () => session.post('Profiler.takePreciseCoverage');
  let ofOrder;
  subscribe('http.server.response.finish', ({ request }) => {
    if (request.method === 'POST' && request.url.endsWith('/orders')) ofOrder = takeCoverage();
  });
  const answer = async (message) => {
    const { result } = await (message === 'reset' ? takeCoverage() : ofOrder);
    process.send(result.filter(ran).map(({ url }) => url));
  };
  process.on('message', (message) => void answer(message));
  process.channel.unref();
}
