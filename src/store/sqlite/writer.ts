import { openSqliteConnection, type SqliteConnection } from '../connections/sqlite-connection.ts';
import { unwritableMessage } from '../connections/sqlite-errors.ts';
import type { RejectedAppend } from '../journal/plan-commit.ts';
import type { JournalWriter } from '../journal/writer-protocol.ts';
import { type CommitGroup, createSqliteCommit } from './commit.ts';

/** After any failure it starts over from a fresh connection, so that it recovers as soon as the disk does. */
export function createSqliteWriter(file: string, node: string): JournalWriter {
  let open: { readonly db: SqliteConnection; readonly commit: CommitGroup } | undefined;
  const close = () => {
    open?.db.close();
    open = undefined;
  };
  const connect = () => {
    const db = openSqliteConnection(file, { readonly: false });
    return { db, commit: createSqliteCommit(db, node) };
  };
  return {
    close,
    commit: (appends) => {
      try {
        open ??= connect();
        return { outcomes: open.commit(appends) };
      } catch (error) {
        close();
        const refused = rejectUnwritable(error);
        return { outcomes: appends.map(() => refused), failure: String((error as Error).stack) };
      }
    },
  };
}

function rejectUnwritable(error: unknown): RejectedAppend {
  const code = String((error as { code?: unknown }).code);
  return { code: 'UNAVAILABLE', message: unwritableMessage(code) };
}
