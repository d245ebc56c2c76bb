import { readFileSync } from 'node:fs';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  nkeyAuthenticator,
  type TlsOptions,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import type { NatsSettings } from '../config/config.ts';
import { Fault } from '../core/errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_WAIT_MS = 250;
const PING_INTERVAL_MS = 5_000;

/**
 * Connects, and reconnects for as long as it takes. Credentials and TLS files are read again for each connection, so they can
 * be renewed without a restart.
 * @param inboxPrefix of the subjects to which it is answered. Default: that of the library
 * @throws Fault UNAVAILABLE when no server can be reached or accepts this client
 */
export async function connectNats(
  { servers, login, tls }: NatsSettings,
  inboxPrefix?: string,
): Promise<NatsConnection> {
  try {
    return await connect({
      servers: [...servers],
      ...(login && { authenticator: authenticatorOf(login) }),
      ...(tls && { tls: tlsOptionsOf(tls, servers) }),
      name: 'signalbox',
      ...(inboxPrefix !== undefined && { inboxPrefix }),
      timeout: CONNECT_TIMEOUT_MS,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      maxReconnectAttempts: -1,
      // Credentials that are refused for a while, such as during a change of users, do not end the connection for good.
      ignoreAuthErrorAbort: true,
      pingInterval: PING_INTERVAL_MS,
    });
  } catch (error) {
    throw new Fault('UNAVAILABLE', `NATS at ${servers.join(', ')} ${explain(error)}`, { cause: error });
  }
}

function authenticatorOf(login: NonNullable<NatsSettings['login']>): Authenticator {
  switch (login.kind) {
    case 'password':
      return usernamePasswordAuthenticator(login.user, () => new TextDecoder().decode(login.password.reveal()));
    case 'nkey':
      return nkeyAuthenticator(() => Buffer.from(readFileSync(login.file, 'utf8').trim()));
    case 'creds':
      return credsAuthenticator(() => readFileSync(login.file));
  }
}

/** The client passes options that it does not know on to Node. */
function tlsOptionsOf(tls: NonNullable<NatsSettings['tls']>, servers: readonly string[]): TlsOptions {
  const hosts = servers.map((server) => new URL(`nats://${server}`).hostname.replace(/^\[|\]$/g, ''));
  const options = {
    ...tls,
    /**
     * The certificate is for one of the hosts that are configured. Node would compare it with `localhost` if the server is an
     * IP address, because the client connects before it starts TLS.
     */
    checkServerIdentity: (_: string, certificate: PeerCertificate) => {
      const problems = hosts.map((host) => checkServerIdentity(host, certificate));
      return problems.includes(undefined) ? undefined : problems[0];
    },
  };
  return options;
}

function explain(error: unknown): string {
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError)
    return 'refuses the credentials. Check USER:PASSWORD in NATS_URL, NATS_CREDS, NATS_NKEY or NATS_CERT, and its users.';
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (message.includes("does not support 'tls'"))
    return 'has no TLS. Configure it there, or write nats:// in NATS_URL and leave out NATS_CA, NATS_CERT and NATS_KEY.';
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || /CERT|SIGNATURE/.test(code))
    return `cannot be reached over TLS (${message}). Check NATS_CA, NATS_CERT and NATS_KEY, and the host in NATS_URL.`;
  // Of a server that requires a certificate and refuses the one of this client, the library says nothing else.
  if (error instanceof errors.TimeoutError)
    return 'does not answer. Check NATS_URL; and NATS_CERT and NATS_KEY, if the server verifies certificates of clients.';
  return `cannot be reached (${message}). Check NATS_URL, and that the server is running.`;
}
