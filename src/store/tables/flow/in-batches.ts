/** What became of one input: a value, or why it was refused. */
export type Outcome<Out> = { readonly value: Out } | { readonly error: unknown };

/**
 * A function whose calls share the work: those that come while it is in progress are done together next, at most `maxBatch` at once.
 * @param perform one outcome for each input, in their order; if it rejects, all calls do
 */
export function inBatches<In, Out>(
  perform: (inputs: readonly In[]) => Promise<readonly Outcome<Out>[]>,
  maxBatch: number,
): (input: In) => Promise<Out> {
  const queue: { readonly input: In; readonly call: PromiseWithResolvers<Out> }[] = [];
  let isBusy = false;

  const work = async (): Promise<void> => {
    isBusy = true;
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch);
      try {
        const outcomes = await perform(batch.map(({ input }) => input));
        for (const [i, { call }] of batch.entries()) {
          const outcome = outcomes[i];
          if (outcome && 'value' in outcome) call.resolve(outcome.value);
          else call.reject(outcome?.error);
        }
      } catch (error) {
        for (const { call } of batch) call.reject(error);
      }
    }
    isBusy = false;
  };

  return (input) => {
    const call = Promise.withResolvers<Out>();
    queue.push({ input, call });
    if (!isBusy) void work();
    return call.promise;
  };
}
