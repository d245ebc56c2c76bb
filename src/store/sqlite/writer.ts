import { openSqlite, type Sqlite } from '../connections/sqlite-connection.ts';
import { unwritableMessage } from '../connections/sqlite-errors.ts';
import type { Refused } from '../journal/plan-commit.ts';
import type { Writer } from '../journal/writer-protocol.ts';
import { type Commit, createSqliteCommit } from './commit.ts';

/** After any failure it starts over from a fresh connection, so that it recovers as soon as the disk does. */
export function createSqliteWriter(file: string, node: string): Writer {
  let open: { readonly db: Sqlite; readonly commit: Commit } | undefined;
  const close = () => {
    open?.db.close();
    open = undefined;
  };
  const connect = () => {
    const db = openSqlite(file, { readonly: false });
    return { db, commit: createSqliteCommit(db, node) };
  };
  return {
    close,
    commit: (appends) => {
      try {
        open ??= connect();
        return { results: open.commit(appends) };
      } catch (error) {
        close();
        const refused = unwritable(error);
        return { results: appends.map(() => refused), failure: String((error as Error).stack) };
      }
    },
  };
}

function unwritable(error: unknown): Refused {
  const code = String((error as { code?: unknown }).code);
  return { code: 'UNAVAILABLE', message: unwritableMessage(code) };
}
