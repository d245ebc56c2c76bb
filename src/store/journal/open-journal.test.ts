import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCreated } from '../../../test/support/store/sample-events.ts';
import { sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { newId } from '../../core/ids.ts';
import { openSqliteConnection } from '../connections/sqlite-connection.ts';
import type { Store } from '../open-store.ts';

const scope = { tenant: 'default' };
const never = new AbortController().signal;

describe('a reader with a position from a row that was just committed', () => {
  let harness: Awaited<ReturnType<typeof sqliteHarness>>;
  let store: Store;
  beforeEach(async () => {
    harness = await sqliteHarness();
    store = await harness.open();
  });
  afterEach(async () => {
    await store.close();
    await harness.remove();
  });

  /** Appends, and blocks this thread until the row exists: the writer has committed, but has not answered yet. */
  const appendUnanswered = () => {
    const db = openSqliteConnection(harness.file, { readonly: true });
    const row = db.prepare('SELECT head_position FROM runs WHERE id = ?').pluck();
    const runId = newId('run');
    const appended = store.journal.append(runId, 1, [runCreated()]);
    let position: unknown;
    while (position === undefined) position = row.get(runId);
    db.close();
    return { runId, position: Number(position), appended };
  };

  it('follows from there without missing anything', async () => {
    const { runId, position, appended } = appendUnanswered();
    expect(position).toBe(1);
    const stream = store.journal.read(position, { runId }, scope, { signal: never });
    const first = stream.next();
    await appended;
    expect((await first).value).toMatchObject({ events: [], position });
    const next = stream.next();
    const at = new Date();
    await store.journal.append(runId, 2, [{ type: 'LOG', at, payload: { level: 'INFO', text: 'more' } }]);
    expect((await next).value?.events).toMatchObject([{ seq: 2 }]);
    await stream.return?.();
  });

  it('can read a page, while a follower gets the event once', async () => {
    const follower = store.journal.read(0, {}, scope, { signal: never });
    await follower.next();
    const { position, appended } = appendUnanswered();
    expect(await store.journal.page(position, {}, scope, 10)).toEqual({ events: [], position, caughtUp: true });
    await appended;
    expect((await follower.next()).value?.events).toMatchObject([{ position }]);
    await store.journal.append(newId('run'), 1, [runCreated()]);
    expect((await follower.next()).value?.events).toMatchObject([{ position: position + 1 }]);
    await follower.return?.();
  });

  it('is rejected at a position that does not exist', async () => {
    await expect(store.journal.page(9, {}, scope, 10)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(store.journal.read(9, {}, scope, { signal: never }).next()).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });
});
