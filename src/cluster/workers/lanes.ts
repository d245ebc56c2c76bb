import { type Candidate, createLane, keyOf, type Lane, needsOf } from './lane.ts';
import type { JobNeeds } from './worker.ts';

const MAX_LANES = 256;
/** Workers in all lanes together; the smallest number that is kept is one lane. */
const MAX_PLACES = 200_000;

/** The lanes that were used last. A lane that is needed again is made again, which looks at every worker. */
export interface Lanes<T extends Candidate> {
  /** @param pool in which workers must be in addition */
  of(needs: JobNeeds, pool?: string): Lane<T>;
  /** Visits the lanes that a worker with these topics may be in. */
  forEach(topics: ReadonlySet<string>, visit: (lane: Lane<T>) => void): void;
}

interface KeptLane<T extends Candidate> {
  readonly key: string;
  readonly topic: string;
  readonly lane: Lane<T>;
  usedAt: number;
}

export function createLanes<T extends Candidate>(workers: () => Iterable<T>): Lanes<T> {
  const all = new Map<string, KeptLane<T>>();
  const byTopic = new Map<string, Set<KeptLane<T>>>();
  let uses = 0;

  const drop = (kept: KeptLane<T>) => {
    all.delete(kept.key);
    const same = byTopic.get(kept.topic);
    same?.delete(kept);
    if (same?.size === 0) byTopic.delete(kept.topic);
  };
  const makeRoom = () => {
    const kept = [...all.values()].toSorted((a, b) => a.usedAt - b.usedAt);
    let places = kept.reduce((sum, { lane }) => sum + lane.size, 0);
    for (const oldest of kept.slice(0, -1)) {
      if (all.size <= MAX_LANES && places <= MAX_PLACES) return;
      places -= oldest.lane.size;
      drop(oldest);
    }
  };

  return {
    of(needs, pool) {
      const { topic } = needs;
      const strict = needsOf(needs, pool);
      const key = `${topic} ${keyOf(strict)}`;
      uses += 1;
      const known = all.get(key);
      if (known) {
        known.usedAt = uses;
        return known.lane;
      }
      const lane = createLane<T>(topic, strict);
      for (const worker of workers()) lane.assign(worker);
      const kept = { key, topic, lane, usedAt: uses };
      all.set(key, kept);
      const same = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, same.add(kept));
      makeRoom();
      return lane;
    },
    forEach(topics, visit) {
      if (topics.size === 0) for (const { lane } of all.values()) visit(lane);
      else for (const topic of topics) for (const { lane } of byTopic.get(topic) ?? []) visit(lane);
    },
  };
}
