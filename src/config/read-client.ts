import { readWebUrl } from './read-network.ts';
import { createSecret, readSecret, type Secret } from './secrets.ts';
import { createEnvironmentReader } from './variables.ts';

/** The server and the credentials of a Signalbox client. */
export interface ClientConfig {
  /** Without a trailing slash. */
  readonly url: string;
  readonly identity:
    | { readonly kind: 'token'; readonly token: Secret }
    | { readonly kind: 'password'; readonly username: string; readonly password: Secret };
}

const DEFAULT_URL = 'http://127.0.0.1:4000';

/**
 * The settings of a client: SIGNALBOX_URL, and SIGNALBOX_TOKEN or SIGNALBOX_USERNAME with SIGNALBOX_PASSWORD; both
 * secrets can also be read from files. The server reads none of them.
 * @throws Fault BAD_INPUT with a violation for every problem
 */
export function readClientEnvironment(env: Readonly<Record<string, string | undefined>>): ClientConfig {
  const read = createEnvironmentReader(env);
  const url = (readWebUrl(read, 'SIGNALBOX_URL') ?? DEFAULT_URL).replace(/\/$/, '');
  const token = readSecret(read, 'SIGNALBOX_TOKEN', 1);
  const username = read.text('SIGNALBOX_USERNAME');
  const password = readSecret(read, 'SIGNALBOX_PASSWORD', 1);
  if (!token && (username === undefined || !password)) {
    read.addProblem('SIGNALBOX_TOKEN', 'set it, or SIGNALBOX_USERNAME and SIGNALBOX_PASSWORD');
  }
  read.throwProblems();
  if (token) return { url, identity: { kind: 'token', token } };
  // Both exist after the check.
  return {
    url,
    identity: { kind: 'password', username: username ?? '', password: password ?? createSecret(Buffer.of()) },
  };
}
