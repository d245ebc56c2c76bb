import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import type { StepResult } from '../../core/resource.ts';
import type { Json } from '../../lib/json.ts';
import { type Attempt, PausedError } from '../model/attempt.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import { secretForms } from './secret-forms.ts';
import { createMaskStream, type MaskStream, maskSecrets } from './secret-mask.ts';
import type { AgentStepDeps } from './step-deps.ts';
import { storeStepOutput } from './store-step-output.ts';
import { withTimeLimit } from './time-limit.ts';

/** A shorter secret would match unrelated words. */
const MIN_SECRET_CHARACTERS = 6;

/** Keeps the secrets of an attempt out of its events, results and errors. */
export interface SecretRedactor {
  /** The same attempt; its events are redacted. */
  readonly attempt: Attempt;
  /** Call for each secret that the attempt receives. */
  addSecret(secret: string): void;
  redactJson(value: Json): Json;
  redactBytes(bytes: Uint8Array): Uint8Array;
  /** For a text that arrives in pieces. */
  maskStream(): MaskStream;
  redactContent(result: StepResult): StepResult;
  /** The error, with redacted messages. */
  redactError(error: unknown): unknown;
}

function createSecretRedactor(attempt: Attempt): SecretRedactor {
  let forms: readonly string[] = [];
  const text = (from: string) => maskSecrets(from, forms);
  const json = (value: Json): Json => (forms.length === 0 ? value : mapStrings(value, text));
  const bytes = (from: Uint8Array) => replaceInBytes(from, forms);
  return {
    addSecret(secret) {
      if (secret.length < MIN_SECRET_CHARACTERS) return;
      forms = [...new Set([...forms, ...secretForms(secret)])];
    },
    redactJson: json,
    redactBytes: bytes,
    maskStream: () => createMaskStream(() => forms),
    redactContent: (result) => {
      const { content } = result;
      if (typeof content === 'string') return { ...result, content: text(content) };
      return content instanceof Uint8Array ? { ...result, content: bytes(content) } : result;
    },
    redactError: (error) => {
      if (forms.length === 0) return error;
      if (error instanceof PausedError) {
        return new PausedError(error.call, json(error.request as never) as never, text(error.reason));
      }
      if (!(error instanceof Fault)) return error;
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
      emit: (event) =>
        attempt.emit(forms.length === 0 ? event : ({ ...event, payload: json(event.payload as Json) } as NewEvent)),
    },
  };
}

/** Each byte as one character, so that binary content is not changed. */
function replaceInBytes(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const matches = secrets.map((secret) => Buffer.from(secret)).filter((secret) => from.includes(secret));
  if (matches.length === 0) return bytes;
  const forms = matches.map((secret) => secret.toString('latin1'));
  return Buffer.from(maskSecrets(from.toString('latin1'), forms), 'latin1');
}

function mapStrings(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => mapStrings(one, change));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [change(key), mapStrings(one, change)]));
}

/**
 * Runs `act` within its time limit, and redacts its result and errors.
 * @param deps `leftMs`: what is left of the limit, if some of it has passed
 */
export function withSecretsRedacted(
  deps: AgentStepDeps & { readonly leftMs?: number },
  attempt: Attempt,
  act: (redactor: SecretRedactor) => Promise<StepResult>,
): Promise<StoredOutput> {
  const { agentTimeoutMs: timeoutMs, leftMs } = deps;
  return withTimeLimit({ timeoutMs, ...(leftMs !== undefined && { leftMs }) }, attempt, async (inner) => {
    const redactor = createSecretRedactor(inner);
    try {
      return await storeStepOutput(deps, inner, redactor.redactContent(await act(redactor)));
    } catch (error) {
      throw redactor.redactError(error);
    }
  });
}

export function jsonContent(value: unknown): StepResult {
  return { mediaType: 'application/json', content: JSON.stringify(value) };
}
