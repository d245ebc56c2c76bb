import { Fault } from '../core/errors.ts';
import type { NewEvent } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import type { Made } from '../core/resource.ts';
import type { Attempt } from './attempt.ts';

/** What is shorter would be found in words that have nothing to do with it. */
const LEAST_LENGTH = 6;
const HIDDEN = '[secret]';

/** An attempt whose secrets come into no event, whatever tools and agents make of them. */
export interface Hiding {
  /** The same attempt; what it notes has the secrets taken out. */
  readonly attempt: Attempt;
  /** A secret was handed out. */
  learn(secret: string): void;
  json(value: Json): Json;
  made(made: Made): Made;
  /** The error, with the secrets taken out of its words. */
  fault(error: unknown): unknown;
}

export function hideSecrets(attempt: Attempt): Hiding {
  const secrets = new Set<string>();
  const text = (from: string) => {
    let shown = from;
    for (const secret of secrets) shown = shown.replaceAll(secret, HIDDEN);
    return shown;
  };
  const json = (value: Json): Json => (secrets.size === 0 ? value : inEveryText(value, text));
  return {
    learn(secret) {
      if (secret.length >= LEAST_LENGTH) secrets.add(secret);
    },
    json,
    made: (made) => (typeof made.content === 'string' ? { ...made, content: text(made.content) } : made),
    fault: (error) => {
      if (!(error instanceof Fault) || text(error.message) === error.message) return error;
      const { code, details, retryAfterMs } = error;
      return new Fault(code, text(error.message), {
        ...(details !== undefined && { details: json(details) }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    },
    attempt: {
      ...attempt,
      note: (event) =>
        attempt.note(secrets.size === 0 ? event : ({ ...event, payload: json(event.payload as Json) } as NewEvent)),
    },
  };
}

function inEveryText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => inEveryText(one, change));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [change(key), inEveryText(one, change)]));
}
