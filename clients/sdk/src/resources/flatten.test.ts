import { expect, it, vi } from 'vitest';
import { flatten } from './flatten.ts';

async function* batchesOf(...batches: readonly (readonly number[])[]): AsyncGenerator<readonly number[], undefined> {
  yield* batches;
}

const same = (batch: readonly number[]) => batch;

it('has the elements of all batches in order, also of calls that overlap', async () => {
  const elements = flatten(batchesOf([1, 2], [], [3], [4, 5]), same);
  const results = await Promise.all(Array.from({ length: 7 }, () => elements.next()));
  expect(results.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, undefined, undefined]);
});

it('ends after the last batch, and stops the rest', async () => {
  const batches = batchesOf([1], [2], [3]);
  const stop = vi.spyOn(batches, 'return');
  expect(await Array.fromAsync(flatten(batches, same, ([first]) => first === 2))).toEqual([1, 2]);
  expect(stop).toHaveBeenCalledOnce();
});

it('ends while a batch is awaited', async () => {
  const stopped = Promise.withResolvers<IteratorReturnResult<undefined>>();
  const done = { done: true, value: undefined } as const;
  const elements = flatten<readonly number[], number>(
    {
      next: () => stopped.promise,
      async return() {
        stopped.resolve(done);
        return done;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    },
    same,
  );
  const next = elements.next();
  await elements.return?.();
  expect(await next).toEqual(done);
});

it('throws what the batches throw', async () => {
  async function* failing(): AsyncGenerator<readonly number[], undefined> {
    yield [1];
    throw new Error('lost');
  }
  const elements = flatten(failing(), same);
  expect(await elements.next()).toMatchObject({ value: 1 });
  await expect(elements.next()).rejects.toThrow('lost');
});
