import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import type { Json } from '../../core/json.ts';
import type { Made } from '../../core/resource.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Performed } from '../outputs/store-output.ts';
import { settleStep, withinTime } from './perform-command.ts';
import type { WorkDeps } from './step-deps.ts';

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
  bytes(bytes: Uint8Array): Uint8Array;
  made(made: Made): Made;
  /** The error, with the secrets taken out of its words. */
  fault(error: unknown): unknown;
}

export function hideSecrets(attempt: Attempt): Hiding {
  /** As they are, and as they stand in JSON; the longest first, since one may be the beginning of another. */
  let forms: readonly string[] = [];
  const text = (from: string) => forms.reduce((shown, form) => shown.replaceAll(form, HIDDEN), from);
  const json = (value: Json): Json => (forms.length === 0 ? value : inEveryText(value, text));
  const bytes = (from: Uint8Array) => withoutBytes(from, forms);
  return {
    learn(secret) {
      if (secret.length < LEAST_LENGTH) return;
      const known = new Set([...forms, secret, JSON.stringify(secret).slice(1, -1)]);
      forms = [...known].sort((a, b) => b.length - a.length);
    },
    ...{ json, bytes },
    made: (made) => {
      const { content } = made;
      if (typeof content === 'string') return { ...made, content: text(content) };
      return content instanceof Uint8Array ? { ...made, content: bytes(content) } : made;
    },
    fault: (error) => {
      if (!(error instanceof Fault) || forms.length === 0) return error;
      const { code, details, retryAfterMs, violations, path, decision } = error;
      return new Fault(code, text(error.message), {
        violations: violations.map((one) => ({ ...one, path: text(one.path), message: text(one.message) })),
        ...(path && { path }),
        ...(decision && { decision }),
        ...(details !== undefined && { details: json(details) }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    },
    attempt: {
      ...attempt,
      note: (event) =>
        attempt.note(forms.length === 0 ? event : ({ ...event, payload: json(event.payload as Json) } as NewEvent)),
    },
  };
}

/** Byte by byte as characters, so that what is no text stays what it is. */
function withoutBytes(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = secrets.map((secret) => Buffer.from(secret)).filter((secret) => from.includes(secret));
  if (found.length === 0) return bytes;
  const shown = found.reduce(
    (text, secret) => text.replaceAll(secret.toString('latin1'), HIDDEN),
    from.toString('latin1'),
  );
  return Buffer.from(shown, 'latin1');
}

function inEveryText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => inEveryText(one, change));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [change(key), inEveryText(one, change)]));
}

/** Within its time, and with no secret in what comes of it. */
export function inSecret(deps: WorkDeps, attempt: Attempt, act: (hiding: Hiding) => Promise<Made>): Promise<Performed> {
  return withinTime({ timeoutMs: deps.agentTimeoutMs }, attempt, async (inner) => {
    const hiding = hideSecrets(inner);
    try {
      return await settleStep(deps, inner, hiding.made(await act(hiding)));
    } catch (error) {
      throw hiding.fault(error);
    }
  });
}

export function jsonMade(value: unknown): Made {
  return { mediaType: 'application/json', content: JSON.stringify(value) };
}
