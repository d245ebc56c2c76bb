import { isSubjectToken, workerSubject } from '../../cap/subjects.ts';
import { DEFAULT_SLOTS, type Entry, hasSameFacts, leastNeeded, newEntry, rankAgain } from './entry.ts';
import { createLanes } from './lanes.ts';
import { forgetProcesses, hearProcess } from './restarts.ts';
import { nodesBefore } from './shares.ts';
import type { Heartbeat, JobNeeds, KnownHandshake, Place, Worker, WorkerHandshake } from './worker.ts';

/** Three heartbeats of five seconds. */
export const LOST_AFTER_MS = 15_000;
/** Workers of this project: their subject has a queue, so that one process gets each job, whatever their number. */
const OWN_SDK = 'signalbox/';
const MAX_WORKERS = 10_000;
/** Of one worker. */
const MAX_TOPICS = 256;
/** Topics that wait for a place. */
const MAX_WAITING_TOPICS = 10_000;

export interface RegistryEvents {
  /** Jobs of the topic for which there was no place may have one. */
  onRoom(topic: string): void;
  /** The worker was silent for `LOST_AFTER_MS`, or may no longer take part. */
  onLost(workerId: string): void;
  /** The worker is another process now: the jobs that it was sent before this time, in milliseconds since 1970, are lost. */
  onRestart?(workerId: string, before: number): void;
  onChange(worker: Worker): void;
  /** What `recall` needs of a worker has changed. */
  onHandshake?(handshake: KnownHandshake): void;
}

/** `replayed`: one that was sent later is known. `full`: there are too many workers to remember another one. */
type Admission = 'accepted' | 'replayed' | 'full';

/** All workers that this node has heard of, and where jobs go. No clock and no I/O; times are in milliseconds since 1970. */
export interface Registry {
  heartbeat(heartbeat: Heartbeat, now: number): Admission;
  /** @param since when packets could be heard: silence before that means nothing. Default: always */
  handshake(handshake: WorkerHandshake, now: number, since?: number): Admission;
  /** Must be called before the first heartbeat, for a worker whose handshake was heard earlier, perhaps by another node. */
  recall(handshake: KnownHandshake): void;
  /** The workers that were recalled and not heard; they are forgotten. */
  dropRecalled(): readonly string[];
  /**
   * Finds those that are lost; to be called at least every second.
   * @param since as in `handshake`
   */
  sweep(now: number, since: number): void;
  setDrained(workerId: string, isDrained: boolean): void;
  /** Removes a worker whose key was revoked. */
  revoke(workerId: string): void;
  /**
   * Shares the workers among the nodes that are alive: this one prefers those of its share. Without it, all are its own.
   * @param own its id, which is one of them
   */
  shareAmong(nodes: readonly string[], own: string): void;
  place(needs: JobNeeds): Place | undefined;
  begin(place: Place, topic: string): () => void;
  /** Nobody listened at the place: a worker no longer gets jobs at its subject, and a new worker may listen to a topic. */
  missed(place: Place): void;
  get(workerId: string): Worker | undefined;
  list(): readonly Worker[];
}

/** @param isDrained what was decided about workers that are heard of for the first time */
export function createRegistry(events: RegistryEvents, isDrained: (workerId: string) => boolean): Registry {
  const entries = new Map<string, Entry>();
  const recalled = new Map<string, KnownHandshake>();
  const lanes = createLanes<Entry>(() => entries.values());
  /** Jobs of this node in flight that were sent to a topic. */
  const inFlight = new Map<string, number>();
  /** Topics of which a job had no place, and those to which nobody listened. */
  const starved = new Set<string>();
  const unheard = new Set<string>();
  let nodes: { readonly all: readonly string[]; readonly own: string } = { all: [], own: '' };
  let turn = 0;

  /** Must be called before `topics` change, and before a worker is removed. */
  const leave = (entry: Entry) => lanes.forEach(entry.topics, (lane) => lane.remove(entry));
  /** Must be called after anything but the load changed. */
  const enter = (entry: Entry) => {
    entry.isDirect =
      (entry.processes.isOne() || isOwn(entry)) &&
      entry.lastHeartbeatAt !== undefined &&
      !entry.isUnreachable &&
      isSubjectToken(entry.id);
    rankAgain(entry);
    lanes.forEach(entry.topics, (lane) => lane.assign(entry));
  };
  /** Must be called after the load changed. @returns whether it has fallen */
  const loadChanged = (entry: Entry): boolean => {
    const before = entry.rank;
    rankAgain(entry);
    if (entry.rank !== before) lanes.forEach(entry.topics, (lane) => lane.update(entry));
    return entry.rank < before;
  };
  const announce = (waiting: Set<string>, topics: ReadonlySet<string>) => {
    const affected = [...waiting].filter((topic) => topics.size === 0 || topics.has(topic));
    for (const topic of affected) {
      waiting.delete(topic);
      events.onRoom(topic);
    }
  };
  /** @param isNew the worker may listen to topics to which nobody did */
  const announceRoom = (topics: ReadonlySet<string>, isNew = false) => {
    if (starved.size > 0) announce(starved, topics);
    if (isNew && unheard.size > 0) announce(unheard, topics);
  };
  const remember = (waiting: Set<string>, topic: string) => {
    waiting.add(topic);
    const [oldest] = waiting;
    if (waiting.size > MAX_WAITING_TOPICS && oldest !== undefined) waiting.delete(oldest);
  };

  const admit = (id: string): Entry | undefined => {
    const known = entries.get(id);
    if (known) return known;
    if (entries.size >= MAX_WORKERS) {
      const victim = leastNeeded(entries.values());
      if (!victim) return undefined;
      leave(victim);
      entries.delete(victim.id);
    }
    const entry = newEntry(id, isDrained(id), nodesBefore(nodes.all, nodes.own, id), recalled.get(id));
    recalled.delete(id);
    entries.set(id, entry);
    return entry;
  };

  const reportHandshake = ({ id: workerId, topics, sdkVersion, processes }: Entry) => {
    if (topics.size === 0) return;
    const intervalMs = processes.intervalMs();
    const interval = intervalMs === undefined ? {} : { intervalMs };
    events.onHandshake?.({ workerId, topics: [...topics], sdkVersion, ...interval });
  };

  const noteProcess = ({ ownProcesses }: Entry, traceId: string | undefined, now: number) => {
    if (traceId !== undefined && traceId !== '') hearProcess(ownProcesses, traceId, now);
  };

  const lose = (entry: Entry) => {
    leave(entry);
    entry.ownProcesses.length = 0;
    entry.isAlive = false;
    events.onLost(entry.id);
    events.onChange(entry);
    // Of its topics nothing may be known now, so that jobs can be sent to them.
    announceRoom(entry.topics);
  };

  return {
    heartbeat({ workerId, facts, load, progress, sentAt, signedAt, traceId }, now) {
      const entry = admit(workerId);
      if (!entry) return 'full';
      if (signedAt !== undefined && signedAt <= entry.signedAt.heartbeat) return 'replayed';
      entry.signedAt.heartbeat = signedAt ?? entry.signedAt.heartbeat;
      const wasOne = entry.processes.isOne();
      const hadInterval = entry.processes.intervalMs() !== undefined;
      entry.processes.onHeartbeat(sentAt ?? now);
      const isOne = entry.processes.isOne();
      const isNew = !entry.isAlive || entry.lastHeartbeatAt === undefined;
      const isChanged = isNew || isOne !== wasOne || !hasSameFacts(entry, facts);
      entry.isAlive = true;
      entry.heardAt = now;
      entry.lastHeartbeatAt = new Date(now);
      entry.load = load;
      entry.sinceHeartbeat = 0;
      if (progress) entry.progress = { ...progress, at: new Date(now) };
      if (isChanged) {
        leave(entry);
        entry.facts = facts;
        // Of a process that is certainly the only one, the newest handshake is true.
        if (isOne) entry.topics = entry.newestTopics;
        enter(entry);
        announceRoom(entry.topics, isNew);
      } else if (loadChanged(entry) && !entry.isFull) announceRoom(entry.topics);
      events.onChange(entry);
      const restartedAt = entry.processes.takeRestart();
      if (isOwn(entry)) noteProcess(entry, traceId, now);
      else if (restartedAt !== undefined) events.onRestart?.(workerId, restartedAt);
      if (isNew || isOne !== wasOne || (!hadInterval && entry.processes.intervalMs() !== undefined))
        reportHandshake(entry);
      return 'accepted';
    },
    handshake({ workerId, topics, sdkVersion, signedAt, traceId }, now, since = Number.NEGATIVE_INFINITY) {
      const entry = admit(workerId);
      if (!entry) return 'full';
      if (signedAt !== undefined && signedAt <= entry.signedAt.handshake) return 'replayed';
      entry.signedAt.handshake = signedAt ?? entry.signedAt.handshake;
      const isHeard = now - Math.max(entry.heardAt, since) <= LOST_AFTER_MS;
      leave(entry);
      entry.processes.onHandshake(isHeard, now);
      entry.newestTopics = new Set(topics.slice(0, MAX_TOPICS));
      // Another process with the same id may have other topics.
      const mayBeAnother = isHeard && !isOwn({ sdkVersion });
      entry.topics = mayBeAnother ? new Set([...topics, ...entry.topics].slice(0, MAX_TOPICS)) : entry.newestTopics;
      entry.sdkVersion = sdkVersion;
      if (isOwn(entry)) noteProcess(entry, traceId, now);
      entry.isUnreachable = false;
      entry.isAlive = true;
      entry.heardAt = now;
      enter(entry);
      events.onChange(entry);
      reportHandshake(entry);
      announceRoom(entry.topics, true);
      return 'accepted';
    },
    recall: (handshake) => void recalled.set(handshake.workerId, handshake),
    dropRecalled() {
      const workerIds = [...recalled.keys()];
      recalled.clear();
      return workerIds;
    },
    sweep(now, since) {
      for (const entry of entries.values()) {
        const isDue = entry.isAlive && now - Math.max(entry.heardAt, since) > LOST_AFTER_MS;
        if (isDue && entry.lastHeartbeatAt !== undefined) lose(entry);
        const isGone = (heardAt: number) => now - Math.max(heardAt, since) > LOST_AFTER_MS;
        const before = forgetProcesses(entry.ownProcesses, isGone);
        if (before !== undefined) events.onRestart?.(entry.id, before);
      }
    },
    setDrained(workerId, drained) {
      const entry = entries.get(workerId);
      if (!entry || entry.isDrained === drained) return;
      entry.isDrained = drained;
      enter(entry);
      events.onChange(entry);
      announceRoom(entry.topics);
    },
    revoke(workerId) {
      const entry = entries.get(workerId);
      if (!entry) return;
      entries.delete(workerId);
      entry.isRevoked = true;
      lose(entry);
    },
    shareAmong(all, own) {
      if (own === nodes.own && all.join() === nodes.all.join()) return;
      nodes = { all, own };
      for (const entry of entries.values()) {
        entry.nodesBefore = nodesBefore(all, own, entry.id);
        loadChanged(entry);
      }
    },
    place(needs) {
      const { topic, labels } = needs;
      const lane = lanes.of(needs);
      const preferred = entries.get(labels.preferred_worker_id ?? '');
      const pool = labels.preferred_pool;
      const choices = [
        preferred && lane.direct.has(preferred) ? preferred : undefined,
        pool === undefined ? undefined : lanes.of(needs, pool).direct.first(),
        lane.direct.first(),
      ];
      const chosen = choices.find((entry) => entry && !entry.isFull);
      if (chosen) return { subject: workerSubject(chosen.id), workerId: chosen.id };
      const slots = Math.max(DEFAULT_SLOTS, lane.sharedSlots());
      if (lane.isShared() && (inFlight.get(topic) ?? 0) < slots) return { subject: topic };
      remember(starved, topic);
      return undefined;
    },
    begin({ workerId }, topic) {
      const entry = workerId === undefined ? undefined : entries.get(workerId);
      const count = (jobs: 1 | -1) => {
        if (!entry) {
          const left = (inFlight.get(topic) ?? 0) + jobs;
          if (left > 0) inFlight.set(topic, left);
          else inFlight.delete(topic);
          return;
        }
        entry.inFlight += jobs;
        entry.sinceHeartbeat += jobs;
        loadChanged(entry);
      };
      if (entry) entry.turn = turn += 1;
      count(1);
      let hasEnded = false;
      return () => {
        if (hasEnded) return;
        hasEnded = true;
        count(-1);
        if (!entry?.isFull) announceRoom(entry?.topics ?? new Set([topic]));
      };
    },
    missed({ subject, workerId }) {
      const entry = workerId === undefined ? undefined : entries.get(workerId);
      if (!entry) return remember(unheard, subject);
      entry.isUnreachable = true;
      enter(entry);
      announceRoom(entry.topics);
    },
    get: (workerId) => entries.get(workerId),
    list: () => [...entries.values()],
  };
}

function isOwn({ sdkVersion }: Pick<Worker, 'sdkVersion'>): boolean {
  return sdkVersion.startsWith(OWN_SDK);
}
