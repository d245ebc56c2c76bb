import type { ToolContext } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { withSecrets } from './mcp-secrets.ts';

/** Headers with the secrets that they name, and how to keep those out of what is told. */
export interface SecretHeaders {
  readonly headers: Record<string, string>;
  /** The text without them: a service may repeat what it was sent. */
  hide(text: string): string;
}

/** @throws Fault FORBIDDEN, NOT_FOUND, BAD_INPUT */
export function secretHeaders(
  headers: Readonly<Record<string, string>> | undefined,
  uri: CanonicalUri,
  work: Pick<ToolContext, 'secret'>,
): SecretHeaders {
  const used: string[] = [];
  const secret: ToolContext['secret'] = (name, at) => {
    const value = work.secret(name, at);
    used.push(value);
    return value;
  };
  return {
    headers: withSecrets(headers, uri, { secret }),
    hide: (text) => hideSecrets(text, used),
  };
}

export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => (secret === '' ? shown : shown.replaceAll(secret, '[secret]')), text);
}
