import type { Writable } from 'node:stream';

/** Gathers what is written to a stream until the next tick. */
export type Gather = (stream: Writable) => void;

/**
 * Writes to many streams in fewer system calls: what is written to one within `ms` leaves at once. A commit of the
 * journal goes to every subscriber, and the calls cost more than everything else that is done for them.
 */
export function createGatherer(ms: number): Gather {
  const corked = new Set<Writable>();
  const flush = () => {
    for (const stream of corked) stream.uncork();
    corked.clear();
  };
  return (stream) => {
    if (corked.has(stream)) return;
    if (corked.size === 0) setTimeout(flush, ms);
    stream.cork();
    corked.add(stream);
  };
}
