import { createRanking, type Ranking } from './ranking.ts';
import type { JobNeeds, WorkerFacts } from './worker.ts';

const PLACEMENT = 'placement.';

/** A worker, as a lane sees it. */
export interface Candidate {
  readonly facts: WorkerFacts;
  readonly topics: ReadonlySet<string>;
  readonly isAlive: boolean;
  readonly isDrained: boolean;
  /** Jobs can be sent to its subject, and each is done once. */
  readonly isDirect: boolean;
  /** Jobs that it may do at once. */
  readonly slots: number;
  readonly isFull: boolean;
  /** Of two, the one with the lower rank gets the next job. */
  readonly rank: number;
  /** When it last got a job, as the number of the job. */
  readonly turn: number;
}

/** What a worker can do for the jobs of a lane. */
type Role =
  /** It gets them at its subject. */
  | 'direct'
  /** It may get them from the topic. */
  | 'shared'
  /** It takes jobs from the topic, and must not get these. */
  | 'unfit'
  /** It takes jobs from the topic, and must not get more. */
  | 'drained';

/** Jobs of one topic with the same needs, and the workers that can do them. */
export interface Lane<T extends Candidate> {
  /** Least loaded first. */
  readonly direct: Pick<Ranking<T>, 'first' | 'has'>;
  /** Workers that it knows something about. */
  readonly size: number;
  /** Whether jobs may be sent to the topic, of whose listeners any may get them. */
  isShared(): boolean;
  /** Jobs that workers which take them from the topic say they can do at once. */
  sharedSlots(): number;
  /** Must be called when the facts of a worker or whether it can have jobs may have changed. */
  assign(worker: T): void;
  /** Must be called when the load of a worker changed. */
  update(worker: T): void;
  remove(worker: T): void;
}

export function createLane<T extends Candidate>(topic: string, needs: Needs): Lane<T> {
  const before = (a: T, b: T) => (a.rank === b.rank ? a.turn < b.turn : a.rank < b.rank);
  const direct = createRanking(before);
  const shared = createRanking(before);
  const roles = new Map<T, Role>();
  const counts = { unfit: 0, drained: 0, sharedSlots: 0, knownShared: 0 };
  /** What each shared worker counts for. */
  const shares = new Map<T, { readonly slots: number; readonly known: number }>();

  const remove = (worker: T) => {
    const role = roles.get(worker);
    if (role === undefined) return;
    roles.delete(worker);
    if (role === 'direct') direct.remove(worker);
    else if (role !== 'shared') counts[role] -= 1;
    else {
      shared.remove(worker);
      const share = shares.get(worker);
      shares.delete(worker);
      counts.sharedSlots -= share?.slots ?? 0;
      counts.knownShared -= share?.known ?? 0;
    }
  };

  return {
    direct,
    get size() {
      return roles.size;
    },
    isShared() {
      if (counts.drained > 0) return false;
      const hasRoom = shared.first()?.isFull === false;
      if (needs.isStrict) return hasRoom && counts.unfit === 0;
      // Nothing is known of those who listen to a topic without heartbeats.
      return hasRoom || roles.size - shared.size + counts.knownShared === 0;
    },
    sharedSlots: () => counts.sharedSlots,
    assign(worker) {
      remove(worker);
      const role = roleOf(worker, topic, needs);
      if (role === undefined) return;
      roles.set(worker, role);
      if (role === 'direct') direct.add(worker);
      else if (role !== 'shared') counts[role] += 1;
      else {
        shared.add(worker);
        const share = { slots: worker.slots, known: worker.topics.has(topic) ? 1 : 0 };
        shares.set(worker, share);
        counts.sharedSlots += share.slots;
        counts.knownShared += share.known;
      }
    },
    update(worker) {
      direct.update(worker);
      shared.update(worker);
    },
    remove,
  };
}

function roleOf(worker: Candidate, topic: string, needs: Needs): Role | undefined {
  const isKnown = worker.topics.has(topic);
  // One that does not say its topics may listen to any.
  if (!worker.isAlive || (!isKnown && worker.topics.size > 0)) return undefined;
  if (worker.isDrained) return isKnown ? 'drained' : undefined;
  if (!isFit(worker.facts, needs)) return isKnown ? 'unfit' : undefined;
  return isKnown && worker.isDirect ? 'direct' : 'shared';
}

/** What a worker must have. */
export interface Needs {
  readonly requires: readonly string[];
  readonly placement: readonly (readonly [string, string])[];
  readonly pool: string | undefined;
  /** Not every worker fits. */
  readonly isStrict: boolean;
}

/** @param pool in which it must be in addition */
export function needsOf({ labels, requires = [] }: JobNeeds, pool?: string): Needs {
  const placement = Object.entries(labels)
    .filter(([name]) => name.startsWith(PLACEMENT))
    .map(([name, value]) => [name.slice(PLACEMENT.length), value] as const);
  const isStrict = requires.length > 0 || placement.length > 0 || pool !== undefined;
  return { requires, placement, pool, isStrict };
}

/** Equal for the same needs, in whatever order they are stated. */
export function keyOf({ requires, placement, pool }: Needs): string {
  return JSON.stringify([requires.toSorted(), placement.toSorted(([a], [b]) => (a < b ? -1 : 1)), pool ?? null]);
}

export function isFit(facts: WorkerFacts, { requires, placement, pool }: Needs): boolean {
  if (pool !== undefined && facts.pool !== pool) return false;
  if (!requires.every((capability) => facts.capabilities.includes(capability))) return false;
  const { region, type, labels } = facts;
  const named: Readonly<Record<string, string>> = { region, type, pool: facts.pool };
  return placement.every(([name, value]) => (Object.hasOwn(labels, name) ? labels[name] : named[name]) === value);
}
