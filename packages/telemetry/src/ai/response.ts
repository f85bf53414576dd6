import { finiteNumber } from '../metrics/finite-number.ts';

/** The metadata of an answer; its text is never read. */
export interface ResponseDetails {
  model?: string;
  id?: string;
  finishReasons?: string[];
  inputTokens?: number;
  outputTokens?: number;
  /** From the request to the first chunk of a streamed answer. */
  secondsToFirstChunk?: number;
}

interface AnswerLike {
  readonly id?: unknown;
  readonly model?: unknown;
  readonly choices?: readonly { readonly finish_reason?: unknown }[];
  readonly usage?: {
    readonly prompt_tokens?: unknown;
    readonly completion_tokens?: unknown;
  } | null;
}

/** Adds to `details` the metadata of an answer, or of one chunk of a streamed answer. */
export function readResponseDetails(answer: unknown, details: ResponseDetails): void {
  if (typeof answer !== 'object' || answer === null) return;
  const { id, model, choices, usage } = answer as AnswerLike;
  if (typeof model === 'string') details.model = model;
  if (typeof id === 'string') details.id = id;
  const reasons = (choices ?? [])
    .map((choice) => choice.finish_reason)
    .filter((reason) => typeof reason === 'string');
  if (reasons.length > 0) details.finishReasons = reasons;
  // A stream has it in its last chunk, if `stream_options.include_usage` is set.
  const inputTokens = finiteNumber(usage?.prompt_tokens);
  const outputTokens = finiteNumber(usage?.completion_tokens);
  if (inputTokens !== undefined) details.inputTokens = inputTokens;
  if (outputTokens !== undefined) details.outputTokens = outputTokens;
}

type IteratorMaker = () => AsyncIterator<unknown>;

interface StreamLike {
  /** The `openai` package's own property, which its `tee` reads. */
  iterator?: IteratorMaker;
  [Symbol.asyncIterator]: IteratorMaker;
}

export function isStream(answer: unknown): answer is StreamLike {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

/** Calls `end` once when the stream ends, fails or is abandoned. */
export function observeStream(
  stream: StreamLike,
  observe: (chunk: unknown) => void,
  end: (error?: unknown) => void,
): void {
  const place = typeof stream.iterator === 'function' ? 'iterator' : Symbol.asyncIterator;
  const make = stream[place]?.bind(stream) as IteratorMaker;
  stream[place] = async function* observed() {
    let failure: unknown;
    try {
      for await (const chunk of { [Symbol.asyncIterator]: make }) {
        observe(chunk);
        yield chunk;
      }
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      end(failure);
    }
  };
}
