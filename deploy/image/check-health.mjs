// The health check of the image: exits with 0 when the process of this container is ready for requests.

const { PORT = '8080' } = process.env;
const TIMEOUT_MILLISECONDS = 2_500;

const answer = await fetch(`http://127.0.0.1:${PORT}/health/ready`, {
  signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
}).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;
