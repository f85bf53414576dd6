import { StackError } from '@watchkeeper/stack/stack-error';

/** What Prometheus' API says, with its HTTP status. */
export interface Answer {
  readonly httpStatus: number;
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data?: unknown;
}

type Send = (path: string, parameters: Record<string, string>) => Promise<Answer | undefined>;

// Prometheus' own `--query.timeout` is two minutes.
const timeoutMs = 150_000;

/**
 * Asks below `/api/v1`; resolves to undefined when the answer took too long.
 * @throws StackError when something else than Prometheus answers, or nothing does
 */
export function createApi(base: string, authorization?: string): Send {
  const headers = { ...(authorization ? { authorization } : {}) };
  return async (path, parameters) => {
    const url = `${base.replace(/\/+$/, '')}/api/v1/${path}`;
    const signal = AbortSignal.timeout(timeoutMs);
    const body = new URLSearchParams(parameters);
    // A long query needs a body, and the names of metrics have no POST.
    const [target, method] = path.startsWith('query')
      ? [url, { method: 'POST', body }]
      : [`${url}?${body}`, {}];
    try {
      const response = await fetch(target, { ...method, headers, signal });
      return readAnswer(url, response.status, await response.text());
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error instanceof StackError ? error : unreachable(base, error);
    }
  };
}

function readAnswer(url: string, httpStatus: number, text: string): Answer {
  const answer = parseAnswer(text);
  if (answer !== undefined && ![401, 403, 404].includes(httpStatus)) {
    return { ...answer, httpStatus };
  }
  const said = text.slice(0, 200).trim() || 'nothing';
  throw new StackError(
    `Expected Prometheus' API at ${url}, got ${httpStatus} with \`${said}\`. ${cureFor(httpStatus)}`,
  );
}

function parseAnswer(text: string): Omit<Answer, 'httpStatus'> | undefined {
  try {
    const answer = JSON.parse(text) as Answer;
    return answer.status === 'success' || answer.status === 'error' ? answer : undefined;
  } catch {
    return undefined;
  }
}

function cureFor(status: number): string {
  if (status === 401 || status === 403) return 'Give its header with `--authorization-file`.';
  return 'Give the address that answers below `/api/v1`, with its path prefix if it has one.';
}

function unreachable(base: string, error: unknown): StackError {
  const { cause, message } = error as { cause?: { code?: string }; message: string };
  return new StackError(
    `Expected Prometheus at ${base}, got ${cause?.code ?? message}. Is it up, and is the address right?`,
    { cause: error },
  );
}
