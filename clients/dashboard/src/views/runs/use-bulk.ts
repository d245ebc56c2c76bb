import { useState } from 'react';

/** Requests that are open at once. */
const AT_ONCE = 4;

interface BulkState {
  readonly done: number;
  readonly failures: readonly { readonly id: string; readonly message: string }[];
}

/** Sends one request for each ID, a few at once. A failure does not stop the others. `state` is undefined before `start`. */
export function useBulk(ids: readonly string[], send: (id: string) => Promise<unknown>) {
  const [state, setState] = useState<BulkState>();
  const start = () => {
    setState({ done: 0, failures: [] });
    const waiting = [...ids];
    const work = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const failure = await send(id).then(
          () => undefined,
          (error: unknown) => ({ id, message: error instanceof Error ? error.message : String(error) }),
        );
        setState((before) => ({
          done: (before?.done ?? 0) + (failure ? 0 : 1),
          failures: [...(before?.failures ?? []), ...(failure ? [failure] : [])],
        }));
      }
    };
    for (let worker = 0; worker < AT_ONCE; worker += 1) void work();
  };
  return { start, state };
}
