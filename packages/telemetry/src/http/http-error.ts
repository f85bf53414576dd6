export interface ValidationError {
  readonly field: string;
  readonly message: string;
}

export interface HttpErrorOptions {
  /** Short code in `errors_total`, from a closed set of the service's own. */
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly validationErrors?: readonly ValidationError[];
  readonly cause?: unknown;
}

/** A deliberate answer other than success; its message goes to the caller. */
export class HttpError extends Error {
  override readonly name: string = 'HttpError';
  readonly statusCode: number;
  readonly options: HttpErrorOptions;

  constructor(statusCode: number, message: string, options: HttpErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.statusCode = statusCode;
    this.options = options;
  }
}

/** A broken business rule: 409, with the rule in `details.ruleViolated`. */
export class BusinessRuleError extends HttpError {
  override readonly name = 'BusinessRuleError';

  constructor(rule: string, message: string, context: Readonly<Record<string, unknown>> = {}) {
    super(409, message, { code: rule, details: { ruleViolated: rule, ...context } });
  }
}
