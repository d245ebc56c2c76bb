import type { ToolContext } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';

/** Matches any name, so that an unknown secret is an error instead of being sent as text. */
const SECRET_REFERENCE = /(?<!\w)secret:(\w+)/g;

/**
 * Replaces every `secret:NAME` in the values by that secret, for use at `uri`.
 * @throws Fault FORBIDDEN, NOT_FOUND, and BAD_INPUT for a value that cannot be sent
 */
export function resolveSecrets(
  values: Readonly<Record<string, string>> | undefined,
  uri: CanonicalUri,
  ctx: Pick<ToolContext, 'secret'>,
): Record<string, string> {
  const resolved = Object.entries(values ?? {}).map(([name, value]) => {
    const text = value.replace(SECRET_REFERENCE, (_, secret: string) => ctx.secret(secret, uri));
    if (!/[\0\r\n]/.test(text)) return [name, text];
    throw new Fault('BAD_INPUT', `The value of ${name} contains a line break or a null character. Remove it.`);
  });
  return Object.fromEntries(resolved);
}

/** Headers with their secrets resolved, and a way to keep those out of messages and logs. */
export interface SecretHeaders {
  readonly headers: Record<string, string>;
  /** Replaces the secrets in a text: a service may repeat what it was sent. */
  redact(text: string): string;
}

/** @throws Fault FORBIDDEN, NOT_FOUND, BAD_INPUT */
export function resolveSecretHeaders(
  headers: Readonly<Record<string, string>> | undefined,
  uri: CanonicalUri,
  ctx: Pick<ToolContext, 'secret'>,
): SecretHeaders {
  const used: string[] = [];
  const secret: ToolContext['secret'] = (name, at) => {
    const value = ctx.secret(name, at);
    used.push(value);
    return value;
  };
  return {
    headers: resolveSecrets(headers, uri, { secret }),
    redact: (text) => redactValues(text, used),
  };
}

export function redactValues(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (redacted, secret) => (secret === '' ? redacted : redacted.replaceAll(secret, '[secret]')),
    text,
  );
}
