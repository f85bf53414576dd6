/** The response to a request. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A caller of the api: a path under `/api/v1`, a body that is sent as JSON, and headers. */
export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Makes a caller of the api at `base`. */
export function createClient(base: string): Call {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
}

/** The header that an access token goes into. */
export function bearer(token: unknown): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
