import type { Worker } from '../../../../cluster/workers/worker.ts';
import { Fault } from '../../../../core/errors.ts';
import type { Page, PageArgs } from '../../../../core/store-reader.ts';

const CURSOR_PREFIX = 'w_';

/** A page of workers in the order of their ids. @throws Fault BAD_INPUT for a cursor of another list */
export function pageOfWorkers(workers: readonly Worker[], { first = 0, after }: PageArgs): Page<Worker> {
  const from = after === undefined ? undefined : idOf(after);
  const all = workers.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rest = from === undefined ? all : all.filter(({ id }) => id > from);
  const edges = rest.slice(0, first).map((node) => ({ cursor: cursorOf(node.id), node }));
  return {
    edges,
    hasNextPage: rest.length > edges.length,
    hasPreviousPage: rest.length < all.length,
    startCursor: edges[0]?.cursor,
    endCursor: edges.at(-1)?.cursor,
    totalCount: async () => ({ count: workers.length, isExact: true }),
  };
}

function cursorOf(id: string): string {
  return CURSOR_PREFIX + Buffer.from(id).toString('base64url');
}

function idOf(cursor: string): string {
  const id = Buffer.from(cursor.slice(CURSOR_PREFIX.length), 'base64url').toString();
  if (cursorOf(id) === cursor) return id;
  throw new Fault('BAD_INPUT', 'after is not a cursor of this list; pass one that an edge of it carried.', {
    path: ['after'],
  });
}
