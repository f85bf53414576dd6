/**
 * Runs `action` now and at an interval that does not keep the process alive.
 * @returns a function that stops it
 */
export function repeat(intervalMs: number, action: () => void): () => void {
  action();
  const timer = setInterval(action, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
