import pino from 'pino';

export type Fields = Record<string, unknown>;

// pino exports its keys so that a logger can be extended; their types are lost when destructured.
const { symbols } = pino;
export const startsKey: typeof symbols.lsCacheSym = symbols.lsCacheSym;
export const bindingsKey: typeof symbols.chindingsSym = symbols.chindingsSym;
export const formattersKey: typeof symbols.formattersSym = symbols.formattersSym;
export const serializersKey: typeof symbols.serializersSym = symbols.serializersSym;
export const censorsKey: typeof symbols.stringifiersSym = symbols.stringifiersSym;
export const anyFieldKey: typeof symbols.wildcardFirstSym = symbols.wildcardFirstSym;
/** A child's bindings that are names of ids: whether they are the logger's is known with the line. */
export const idBindingsKey: unique symbol = Symbol('watchkeeper.idBindings');

type Censor = (value: unknown) => unknown;

/** What a pino logger keeps that its lines are made of; a child inherits what it does not change. */
export interface LoggerState {
  readonly msgPrefix?: string | undefined;
  /** The start of a line, by level. */
  readonly [startsKey]: Readonly<Record<number, string>>;
  /** The bindings as JSON, each after a comma. */
  [bindingsKey]: string;
  readonly [formattersKey]: {
    readonly log?: (fields: Fields) => object;
    bindings: (bindings: Fields) => object;
  };
  readonly [serializersKey]: Readonly<Record<string, (value: unknown) => unknown>>;
  /** From a child's `redact`: each returns JSON, or nothing where the field is removed. */
  readonly [censorsKey]: Readonly<Record<string, Censor> & { [anyFieldKey]?: Censor }>;
  [idBindingsKey]?: Fields;
}

/** The serializer of `err` in place of pino's, which also writes what else an error has. */
export const keepError = (error: unknown): unknown => error;
