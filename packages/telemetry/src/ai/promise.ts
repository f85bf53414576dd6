/** Receives the outcome of a call; only the first counts. */
interface CallObserver {
  /** May change the value in place, such as a stream's iterator; the caller gets the same one. */
  value(value: unknown): void;
  error(error: unknown): void;
}

// The parts of the promise that the `openai` package, and others made by the same generator,
// answer with. It parses the body on demand, and a body can be parsed only once:
// looking at the parsed value from outside would take it from `asResponse` and `parse`.
interface LazyPromise {
  responsePromise: Promise<unknown>;
  parseResponse(...callArguments: unknown[]): Promise<unknown>;
  asResponse(): Promise<unknown>;
  /** Makes the promise of a helper such as `parse`, which reads the body instead of this one. */
  _thenUnwrap?(transform: unknown): LazyPromise;
}

function isLazy(promise: object): promise is LazyPromise {
  return 'responsePromise' in promise && 'parseResponse' in promise && 'asResponse' in promise;
}

/** Observes a call without changing what its caller gets. */
export function observeCall<P extends PromiseLike<unknown>>(promise: P, observer: CallObserver): P {
  if (isLazy(promise)) {
    observeLazy(promise, observer);
    return promise;
  }
  return promise.then(
    (value) => {
      observer.value(value);
      return value;
    },
    (error: unknown) => {
      observer.error(error);
      throw error;
    },
  ) as unknown as P;
}

function observeLazy(promise: LazyPromise, observer: CallObserver): void {
  promise.responsePromise.catch(observer.error);
  const parse = promise.parseResponse;
  let isParsed = false;
  promise.parseResponse = async (...callArguments) => {
    isParsed = true;
    try {
      const value = await parse.apply(promise, callArguments);
      observer.value(value);
      return value;
    } catch (error) {
      observer.error(error);
      throw error;
    }
  };
  const asResponse = promise.asResponse.bind(promise);
  promise.asResponse = async () => {
    const response = await asResponse();
    // The caller reads the body itself: all that is known is that there was an answer.
    if (!isParsed) observer.value(undefined);
    return response;
  };
  const unwrap = promise._thenUnwrap?.bind(promise);
  if (unwrap === undefined) return;
  promise._thenUnwrap = (transform) => {
    const derived = unwrap(transform);
    observeLazy(derived, observer);
    return derived;
  };
}
