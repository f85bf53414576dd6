import { validate } from '@watchkeeper/galley';
import { errorStatus, HttpError, type Telemetry } from '@watchkeeper/telemetry';
import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import { complete, completionRequest } from './completion.ts';
import { jsonBody } from './requests.ts';

/**
 * `/ai`: an AI provider with OpenAI's `POST /v1/chat/completions`. The same question to the same
 * model gets the same answer with the same token counts.
 * @param now milliseconds since 1970
 */
export function aiRoutes(behave: RequestHandler[], now: () => number): Router {
  const router = Router();
  const takeJson = jsonBody('1mb');
  router.post('/v1/chat/completions', behave, takeJson, (request: Request, response: Response) => {
    response.json(complete(validate(completionRequest, request.body, 'body'), now()));
  });
  return router;
}

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

/**
 * Sends errors in OpenAI's format, for its client library. They are counted here, because the
 * project's error handler does not see them.
 * Source: https://platform.openai.com/docs/guides/error-codes
 */
export function aiErrorHandler({ metrics }: Telemetry): ErrorRequestHandler {
  const errors = metrics.counter('errors_total');
  return (error, _request, response, next) => {
    // Any other error is a bug here: the last handler logs it.
    const status = errorStatus(error);
    const isKnown = error instanceof HttpError || error?.expose === true;
    if (response.headersSent || status === undefined || !isKnown) return next(error);
    const code = error instanceof HttpError ? (error.options.code ?? null) : 'body_unreadable';
    errors.increment({ error_type: 'HttpError', error_code: code ?? String(status) });
    const fallback = status >= 500 ? 'server_error' : 'invalid_request_error';
    const type = types[status] ?? fallback;
    const param = error instanceof HttpError ? error.options.validationErrors?.[0]?.field : null;
    response.status(status).json({
      error: { message: error.message, type, param: param?.replace(/^body\./, '') ?? null, code },
    });
  };
}
