import { startServer } from './server.ts';

/** Starts a collector that accepts everything and keeps nothing, after a delay. */
export function startCollectorSink(delayMs = 0) {
  return startServer((request, response) => {
    request.resume();
    request.once('end', () => setTimeout(() => response.end(), delayMs));
  });
}
