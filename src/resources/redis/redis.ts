import { Redis as Client } from 'ioredis';
import type { Secret } from '../../config/secrets.ts';
import { Fault } from '../../core/errors.ts';
import type { Logger } from '../../core/telemetry.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import { redisFault } from './redis-fault.ts';

/** Of a start, which does not wait for longer. */
const FIRST_CONNECT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** A server that answers nothing for so long is connected to again. */
const SILENCE_MS = 5_000;
const RETRY = { baseMs: 100, maxMs: 5_000, random: Math.random };

/** Strings of a Redis server, by their keys. Every method throws Fault UNAVAILABLE while it is not reachable. */
export interface Redis {
  /** The whole string; undefined without one. @throws Fault RESOURCE_TOO_LARGE, BAD_INPUT when the key holds another type */
  read(key: string, maxBytes: number): Promise<Uint8Array | undefined>;
  write(key: string, bytes: Uint8Array, seconds: number): Promise<void>;
  /** Has the key removed after that time, or earlier if it was to be. */
  expire(key: string, seconds: number): Promise<void>;
  remove(key: string): Promise<void>;
  ping(): Promise<void>;
  close(): void;
}

/**
 * A client of the operator's Redis server. It reconnects automatically; meanwhile nothing is queued, and every command fails
 * at once. Resolves when it is connected, or cannot be for now.
 * @param options `silenceMs`: how long the server may answer nothing to a command
 */
export async function openRedis(
  url: Secret,
  logger: Logger,
  { silenceMs = SILENCE_MS }: { readonly silenceMs?: number } = {},
): Promise<Redis> {
  const client = new Client({
    ...connectionOf(url),
    // Understood by every server.
    protocol: 2,
    connectionName: 'signalbox',
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: silenceMs,
    retryStrategy: (times) => backoffDelayMs(times, RETRY),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Both need commands that an ACL may refuse.
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  /** Why it is not connected; undefined while it is. */
  let trouble: Error | undefined;
  let isClosing = false;
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  const onTrouble = (error: Error) => {
    if (trouble === undefined && !isClosing) logger.warn('redis.disconnected', { error: String(error) });
    trouble = error;
    settle();
  };
  client.on('error', onTrouble);
  client.on('close', () => onTrouble(trouble ?? new Error('the connection was closed')));
  client.on('ready', () => {
    if (trouble !== undefined) logger.info('redis.reconnected', {});
    trouble = undefined;
    settle();
  });
  const timer = setTimeout(settle, FIRST_CONNECT_MS);
  await settled;
  clearTimeout(timer);

  const withFaults = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      // Of a command that was not sent, the error says nothing.
      throw redisFault(trouble ?? error);
    }
  };
  return {
    read: (key, maxBytes) =>
      withFaults(async () => {
        const size = await client.strlen(key);
        const bytes = size > maxBytes ? undefined : await client.getrangeBuffer(key, 0, maxBytes);
        // It may have grown meanwhile.
        if (!bytes || bytes.length > maxBytes) throw tooLarge(maxBytes);
        return bytes.length > 0 || (await client.exists(key)) > 0 ? bytes : undefined;
      }),
    write: (key, bytes, seconds) =>
      withFaults(async () => void (await client.set(key, Buffer.from(bytes), 'EX', seconds))),
    expire: (key, seconds) => withFaults(async () => void (await client.expire(key, seconds))),
    remove: (key) => withFaults(async () => void (await client.del(key))),
    ping: () => withFaults(async () => void (await client.ping())),
    close: () => {
      isClosing = true;
      client.disconnect();
    },
  };
}

function connectionOf(secret: Secret) {
  const url = new URL(Buffer.from(secret.reveal()).toString());
  const [host, port] = [url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || 6379)];
  const [username, password] = [url.username, url.password].map(decodeURIComponent);
  return {
    ...{ host, port, db: Number(url.pathname.slice(1)) },
    ...(username && { username }),
    ...(password && { password }),
    ...(url.protocol === 'rediss:' && { tls: {} }),
  };
}

function tooLarge(maxBytes: number): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The value in Redis has more than ${maxBytes} bytes. Store less under the key.`,
    {
      details: { maxBytes },
    },
  );
}
