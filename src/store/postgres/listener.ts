import pg from 'pg';
import type { Logger } from '../../core/telemetry.ts';
import { connectionConfig } from '../connections/postgres-connection.ts';

/** Backoff between two tries to connect, in milliseconds. */
const INITIAL_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;

/** Minimum time between two checks, in milliseconds: an idle node sends hardly any queries. */
const CHECK_INTERVAL_MS = 30_000;

interface ListenerDeps {
  readonly url: string;
  readonly channels: readonly string[];
  readonly logger: Logger;
  onNotification(channel: string, payload: string): void;
  /** Called whenever it starts to listen again: notifications before that were missed. */
  onListening(): Promise<void>;
}

export interface Listener {
  /** Checks the connection: one that only listens may be dead for a long time without anyone noticing. */
  check(): void;
  stop(): Promise<void>;
}

/**
 * Listens for NOTIFY on a dedicated connection, and reconnects when it breaks. PostgreSQL delivers in commit order.
 * Resolves once it listens.
 */
export async function startListener({
  url,
  channels,
  logger,
  onNotification,
  onListening,
}: ListenerDeps): Promise<Listener> {
  let client: pg.Client | undefined;
  let closed = false;
  let checkedAt = performance.now();
  let retryTimer: NodeJS.Timeout | undefined;

  const listen = async () => {
    const opened = new pg.Client({ ...connectionConfig(url, 'listener'), query_timeout: 10_000 });
    client = opened;
    opened.on('error', () => {});
    opened.on('notification', ({ channel, payload = '' }) => onNotification(channel, payload));
    try {
      await opened.connect();
      for (const channel of channels) await opened.query(`LISTEN ${channel}`);
      await onListening();
    } catch (error) {
      opened.end().catch(() => {});
      throw error;
    }
    opened.once('end', () => lost('the connection ended'));
    if (closed) await opened.end().catch(() => {});
  };

  const lost = (reason: string) => {
    if (closed) return;
    logger.warn('store.listener_lost', { reason });
    const retry = (pause: number) => {
      retryTimer = setTimeout(() => {
        listen().then(
          () => logger.info('store.listening'),
          () => {
            if (!closed) retry(Math.min(2 * pause, MAX_BACKOFF_MS));
          },
        );
      }, pause);
    };
    retry(INITIAL_BACKOFF_MS);
  };

  await listen();
  return {
    check: () => {
      if (performance.now() - checkedAt < CHECK_INTERVAL_MS) return;
      checkedAt = performance.now();
      const checked = client;
      checked?.query('SELECT 1').catch(() => checked.end().catch(() => {}));
    },
    stop: async () => {
      closed = true;
      clearTimeout(retryTimer);
      await client?.end().catch(() => {});
    },
  };
}
