import pg from 'pg';
import { connectionConfig, isConnectionLoss } from '../connections/postgres-connection.ts';
import {
  type AppendOutcome,
  type AppendRequest,
  type CommitPlan,
  IN_DOUBT,
  type RejectedAppend,
} from '../journal/plan-commit.ts';
import type { CommitResult, JournalWriter } from '../journal/writer-protocol.ts';
import { lockJournal, writeGroup } from './commit.ts';

/**
 * The writer's session. A node that stalls inside a transaction loses the journal's lock before others stop waiting for it.
 * Every row is found by its key, so plans that were made when the tables were small stay good.
 */
const SESSION = {
  lock_timeout: '5000',
  idle_in_transaction_session_timeout: '3000',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
};

/** A commit that does not wait for the disk would be visible before it is durable. */
const ENSURE_SYNCHRONOUS_COMMIT = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

/** How long, and how often, the writer checks whether a commit whose answer was lost has happened, in milliseconds. */
const IN_DOUBT_TIMEOUT_MS = 30_000;
const IN_DOUBT_RETRY_MS = 200;

/** The answer to COMMIT was lost: the commit may have happened. */
class InDoubtError extends Error {
  readonly plan: CommitPlan;
  constructor(plan: CommitPlan, cause: unknown) {
    super('The answer to a commit was lost.', { cause });
    this.plan = plan;
  }
}

/** The writer on PostgreSQL. It has one dedicated connection, and opens a new one after each failure. */
export function createPostgresWriter(url: string, nodeId: string): JournalWriter {
  let open: pg.Client | undefined;
  /** Whether this commit used a connection, which may have been lost. */
  let isConnected = false;

  const drop = () => {
    // Does not wait for an answer that may never arrive.
    open?.end().catch(() => {});
    open = undefined;
  };
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(connectionConfig(url, 'writer', SESSION));
    client.on('error', () => {
      if (open === client) drop();
    });
    await client.connect();
    open = client;
    isConnected = true;
    await client.query(ENSURE_SYNCHRONOUS_COMMIT);
    return client;
  };

  /** One transaction. @throws InDoubtError; the driver's error if nothing was changed */
  const commitOnce = async (appends: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> => {
    const client = open ?? (await connect());
    let plan: CommitPlan;
    try {
      plan = await writeGroup(client, appends, nodeId);
      if (plan.events.length === 0) await client.query('ROLLBACK');
    } catch (error) {
      if (isStoreFailure(error)) drop();
      else await client.query('ROLLBACK').catch(drop);
      throw error;
    }
    if (plan.events.length === 0) return plan.outcomes;
    try {
      await client.query('COMMIT');
    } catch (error) {
      drop();
      throw isConnectionLoss(error) ? new InDoubtError(plan, error) : error;
    }
    return plan.outcomes;
  };

  /** Whether a commit happened. Once the lock is held, it no longer can. @throws if the server is unreachable for too long */
  const hasHappened = async (plan: CommitPlan): Promise<boolean> => {
    const last = plan.events.at(-1);
    for (const end = Date.now() + IN_DOUBT_TIMEOUT_MS; ; ) {
      try {
        const client = open ?? (await connect());
        await lockJournal(client);
        const { rows } = await client.query<{ hash: string }>('SELECT hash FROM events WHERE position = $1', [
          last?.position,
        ]);
        await client.query('ROLLBACK');
        return rows[0]?.hash === last?.hash;
      } catch (error) {
        drop();
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, IN_DOUBT_RETRY_MS));
      }
    }
  };

  const commit = async (appends: readonly AppendRequest[], mayRetry: boolean): Promise<CommitResult> => {
    isConnected = open !== undefined;
    try {
      return { outcomes: await commitOnce(appends) };
    } catch (error) {
      if (error instanceof InDoubtError) {
        try {
          if (await hasHappened(error.plan)) return { outcomes: error.plan.outcomes };
        } catch (reason) {
          return rejectAll(appends, rejectInDoubt(reason), reason);
        }
        return mayRetry ? commit(appends, false) : rejectAll(appends, rejectUnwritable(error.cause), error.cause);
      }
      if (!isStoreFailure(error)) {
        // One append is at fault. Committed alone, only that one fails.
        if (appends.length === 1) return { outcomes: [toRejection(error)] };
        const outcomes: AppendOutcome[] = [];
        for (const append of appends) outcomes.push(...(await commit([append], true)).outcomes);
        return { outcomes };
      }
      // An idle connection may have been cut long ago.
      const isRetried = mayRetry && ((isConnected && isConnectionLoss(error)) || RETRYABLE_CODES.has(errorCode(error)));
      return isRetried ? commit(appends, false) : rejectAll(appends, rejectUnwritable(error), error);
    }
  };

  return {
    commit: (appends) => commit(appends, true),
    close: async () => {
      await open?.end().catch(() => {});
    },
  };
}

/** A serialization failure and a deadlock: a retry succeeds. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set(['40001', '40P01']);

/** An unreachable server, a full disk, a lock: affects every append. Classes 22 and 23 are about the data. */
function isStoreFailure(error: unknown): boolean {
  const code = errorCode(error);
  return isConnectionLoss(error) || (/^[0-9A-Z]{5}$/.test(code) && !/^2[23]/.test(code));
}

function errorCode(error: unknown): string {
  return String((error as { code?: unknown }).code);
}

function rejectAll(appends: readonly AppendRequest[], rejection: RejectedAppend, reason: unknown): CommitResult {
  return { outcomes: appends.map(() => rejection), failure: String((reason as Error).stack) };
}

function toRejection(error: unknown): RejectedAppend {
  const code = errorCode(error);
  const cause = String((error as Error).stack);
  if (/^23/.test(code)) {
    const message = 'A step or an artifact of the run has an id or a key that is already in use; create new ones.';
    return { code: 'CONFLICT', message, cause };
  }
  if (/^22/.test(code)) {
    const message =
      'A text contains a character that the database cannot store, for example U+0000. Remove it, then try again.';
    return { code: 'BAD_INPUT', message, cause };
  }
  return { code: 'INTERNAL', message: 'An event does not match its type, and was not recorded.', cause };
}

function rejectUnwritable(error: unknown): RejectedAppend {
  const code = errorCode(error);
  const advice = code === '55P03' ? 'find the session that locks its journal' : 'check that its server is running';
  const reason = code === 'undefined' ? 'the connection was lost' : code;
  return {
    code: 'UNAVAILABLE',
    message: `The store cannot write (${reason}). Nothing was changed; ${advice}, then try again.`,
  };
}

function rejectInDoubt(error: unknown): RejectedAppend {
  const message = `The store became unreachable during a commit (${errorCode(error)}). Check whether the run exists before you try again.`;
  return { code: 'UNAVAILABLE', message, details: IN_DOUBT };
}
