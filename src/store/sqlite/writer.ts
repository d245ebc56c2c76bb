import { openSqliteConnection, type SqliteConnection } from '../connections/sqlite-connection.ts';
import { unwritableMessage } from '../connections/sqlite-errors.ts';
import type { RejectedAppend } from '../journal/plan-commit.ts';
import type { JournalWriter } from '../journal/writer-protocol.ts';
import { type CommitGroup, createSqliteCommit } from './commit.ts';

/** The writer on SQLite. After any failure it opens a new connection, so that it recovers as soon as the disk does. */
export function createSqliteWriter(file: string, nodeId: string): JournalWriter {
  let open: { readonly db: SqliteConnection; readonly commit: CommitGroup } | undefined;
  const close = () => {
    open?.db.close();
    open = undefined;
  };
  const connect = () => {
    const db = openSqliteConnection(file, { readonly: false });
    return { db, commit: createSqliteCommit(db, nodeId) };
  };
  return {
    close,
    commit: (appends) => {
      try {
        open ??= connect();
        return { outcomes: open.commit(appends) };
      } catch (error) {
        close();
        const rejection = rejectUnwritable(error);
        return { outcomes: appends.map(() => rejection), failure: String((error as Error).stack) };
      }
    },
  };
}

function rejectUnwritable(error: unknown): RejectedAppend {
  const code = String((error as { code?: unknown }).code);
  return { code: 'UNAVAILABLE', message: unwritableMessage(code) };
}
