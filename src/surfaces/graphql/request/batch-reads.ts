import type { Context } from './context.ts';

interface Batch<T> {
  readonly ids: Set<string>;
  readonly values: Promise<ReadonlyMap<string, T>>;
}

/**
 * A read of one value for an id that is one read for all ids that the resolvers of an operation ask for in the same turn, such as those of a
 * list.
 */
export function batchReads<T>(
  readAll: (ctx: Context, ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (ctx: Context, id: string) => Promise<T | undefined> {
  const open = new WeakMap<Context, Batch<T>>();
  return async (ctx, id) => {
    let batch = open.get(ctx);
    if (!batch) {
      const ids = new Set<string>();
      const values = Promise.resolve().then(() => {
        open.delete(ctx);
        return readAll(ctx, [...ids]);
      });
      batch = { ids, values };
      open.set(ctx, batch);
    }
    batch.ids.add(id);
    return (await batch.values).get(id);
  };
}
