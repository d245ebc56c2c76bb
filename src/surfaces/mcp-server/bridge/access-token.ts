import type { ClientConfig } from '../../../config/read-client.ts';
import type { Secret } from '../../../config/secrets.ts';
import { Fault } from '../../../core/errors.ts';

/**
 * A token that the server accepts now; with a password, it is renewed before it expires.
 * @param refresh the last token is no longer accepted
 * @throws Fault UNAUTHENTICATED
 */
export type TokenProvider = (refresh?: boolean) => Promise<string>;

/** A token counts as expired this long before it expires, so that it does not expire in transit. */
const EXPIRY_MARGIN_MS = 60_000;
const RESPONSE_TIMEOUT_MS = 15_000;

const SIGN_IN_MUTATION = `mutation ($input: SignInInput!) {
  signIn(input: $input) { ... on Session { token expiresAt } ... on Refusal { message } }
}`;

interface AccessToken {
  readonly token: string;
  readonly expiresAt: string;
}

export function createTokenProvider({ url, identity }: ClientConfig): TokenProvider {
  if (identity.kind === 'token') {
    const token = secretText(identity.token);
    return async () => token;
  }
  const { username, password } = identity;
  let current: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async () => {
    const { token, expiresAt } = await signIn(url, { username, password: secretText(password) });
    current = { token, until: Date.parse(expiresAt) - EXPIRY_MARGIN_MS };
    return token;
  };
  return async (refresh = false) => {
    if (!refresh && current && Date.now() < current.until) return current.token;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function signIn(url: string, input: { username: string; password: string }): Promise<AccessToken> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SIGN_IN_MUTATION, variables: { input } }),
    signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
  });
  const answer = (await response.json()) as {
    readonly data?: { readonly signIn?: Partial<AccessToken> & { readonly message?: string } };
    readonly errors?: readonly { readonly message: string }[];
  };
  const { token, expiresAt, message } = answer.data?.signIn ?? {};
  if (token !== undefined && expiresAt !== undefined) return { token, expiresAt };
  const why = message ?? answer.errors?.[0]?.message ?? `it answered ${response.status}`;
  throw new Fault('UNAUTHENTICATED', `${url} does not let ${input.username} sign in: ${why}`);
}

function secretText(secret: Secret): string {
  return Buffer.from(secret.reveal()).toString('utf8');
}
