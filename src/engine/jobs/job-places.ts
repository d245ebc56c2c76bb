import { hash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Leases } from '../../core/leases.ts';
import type { Logger } from '../../core/telemetry.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import type { QueuePlace } from '../../lib/fair-queue.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { JobInput } from '../../step-kinds/job.ts';
import { createRequestQueue, type RequestQueue, type Waiting } from '../driver/request-queue.ts';
import type { JobPlaces } from '../driver/slots.ts';
import type { MutableStep } from '../model/run-aggregate.ts';

/** Where a job goes: to the subject of one worker, or to the topic, from which one of its workers takes it. */
interface Place {
  readonly subject: string;
  readonly workerId?: string;
}

/** What a job needs of its worker. */
interface JobNeeds {
  readonly topic: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly requires: readonly string[];
}

/** Which workers have room. */
export interface PlacesOfWorkers {
  /** Where such a job goes now; undefined when there is no room. */
  place(needs: JobNeeds): Place | undefined;
  /** Counts a job as in flight until the returned function is called. */
  begin(place: Place, topic: string): () => void;
  /** Nobody listened at the place. */
  missed(place: Place): void;
  /** Calls the listener when there may be room again, for a topic or for any. */
  onRoom(listener: (topic?: string) => void): () => void;
}

/** The places of the jobs that this node has in flight, and the queue of those that wait for one. */
export interface JobQueue extends JobPlaces {
  /** How many jobs wait here, by topic. */
  waitingByTopic(): ReadonlyMap<string, number>;
  /** The place that the step was given. */
  placeOf(stepId: string): Place | undefined;
  /** The job continues without this node, which no longer waits for it, at most until that time. */
  keep(stepId: string, until: number): void;
  /** The job has ended. */
  release(stepId: string): void;
  /** Whether places are kept for jobs that continue without this node. */
  hasKept(): boolean;
  /** Nobody listens at the place; if it is the topic, its jobs wait. @returns when to try again, later each time */
  miss(place: Place, topic: string): Date;
  /** The jobs of the topic wait. @returns as `miss` */
  pause(topic: string): Date;
  /** Somebody listens to the topic. */
  resume(topic: string): void;
  /** Begins to look for the jobs that wait in the database. */
  begin(): void;
  stop(): void;
}

/** The jobs that wait in the database: their runs are parked. */
interface ParkedJobs extends Pick<Leases, 'queues' | 'nextInQueue'> {
  /** Continues a parked run, unless another node does. */
  wake(runId: string): Promise<unknown>;
  readonly logger: Logger;
  readonly clock: Clock;
}

interface QueuedJob extends Waiting {
  readonly stepId: string;
  readonly needs: JobNeeds;
  place: QueuePlace | undefined;
  onPlace(release: () => void): void;
}

interface GivenPlace {
  readonly place: Place;
  readonly end: () => void;
  /** When it is given up; undefined while this node waits for the job. */
  until?: number;
}

/** Between two attempts to send to a topic that nobody listens to. */
const BACKOFF = { baseMs: 1_000, maxMs: 30_000 };
/** Between two looks for places that were kept for too long. */
const SWEEP_MS = 10_000;
/** Between two looks for jobs that wait in the database. Those that this node has parked itself are known at once. */
const LOOK_MS = 2_000;
/** Runs that are continued together when workers have room. */
const MAX_WOKEN = 32;

export function createJobQueue(workers: PlacesOfWorkers, parked: ParkedJobs): JobQueue {
  const { clock } = parked;
  /** The jobs that wait here, by what they need: one that no worker suits does not hold up the others. */
  const waiting = new Map<string, RequestQueue<QueuedJob>>();
  const given = new Map<string, GivenPlace>();
  /** Topics to which nobody listens, and when to try again. */
  const paused = new Map<string, NodeJS.Timeout>();
  /** How often in a row nobody listened, by topic. */
  const misses = new Map<string, number>();
  /** The queues that may have jobs in the database, with what they need if that is known. */
  const parkedQueues = new Map<string, JobNeeds | undefined>();
  const waking = new Set<string>();
  /** How many places are kept. */
  let kept = 0;
  let order = 0;
  let sweptAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const findPlace = (needs: JobNeeds) => (paused.has(needs.topic) ? undefined : workers.place(needs));
  const give = ({ stepId, needs, onPlace }: QueuedJob, place: Place): void => {
    const own: GivenPlace = { place, end: workers.begin(place, needs.topic) };
    release(stepId);
    given.set(stepId, own);
    onPlace(() => {
      if (given.get(stepId) === own && own.until === undefined) release(stepId);
    });
  };
  const release = (stepId: string) => {
    const own = given.get(stepId);
    given.delete(stepId);
    if (own?.until !== undefined) kept -= 1;
    own?.end();
  };
  const serve = (topic?: string) => {
    for (const [key, queue] of waiting) {
      for (let head = queue.head(clock.now().getTime()); head; head = queue.head(clock.now().getTime())) {
        if (topic !== undefined && head.needs.topic !== topic) break;
        const place = findPlace(head.needs);
        if (!place) break;
        head.place?.leave(true);
        give(head, place);
      }
      if (queue.size === 0) waiting.delete(key);
    }
    if (timer) for (const name of parkedQueues.keys()) wakeNext(name);
  };
  /** Continues the next runs of a queue, if there is room and nothing of the queue waits here. */
  const wakeNext = (name: string) => {
    const needs = parkedQueues.get(name);
    if (waking.has(name) || waiting.has(name) || (needs && !findPlace(needs))) return;
    waking.add(name);
    const wake = async () => {
      const runIds = await parked.nextInQueue(name, needs ? MAX_WOKEN : 1);
      if (runIds.length === 0) parkedQueues.delete(name);
      await Promise.all(runIds.map((runId) => parked.wake(runId)));
      return runIds.length > 0;
    };
    wake()
      .catch((error: unknown) => {
        parked.logger.warn('job.queue_failed', { queue: name, error: String(error) });
        return false;
      })
      .then((mayHaveMore) => {
        waking.delete(name);
        if (mayHaveMore && timer) wakeNext(name);
      });
  };
  const look = async () => {
    const names = await parked.queues();
    for (const name of names) if (!parkedQueues.has(name)) parkedQueues.set(name, undefined);
    for (const name of names) wakeNext(name);
  };
  const lookAgain = () => {
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => parked.logger.warn('job.queue_failed', { error: String(error) }))
        .then(() => timer && lookAgain());
    }, LOOK_MS).unref();
  };
  const sweep = () => {
    const now = clock.now().getTime();
    if (now - sweptAt < SWEEP_MS) return;
    sweptAt = now;
    for (const [stepId, { until }] of given) if (until !== undefined && until < now) release(stepId);
  };
  workers.onRoom((topic) => {
    if (topic !== undefined) unpause(topic);
    serve(topic);
  });
  /** @returns whether it was paused: its jobs were not offered to workers meanwhile */
  const unpause = (topic: string): boolean => {
    misses.delete(topic);
    clearTimeout(paused.get(topic));
    return paused.delete(topic);
  };
  const pause = (topic: string): Date => {
    const now = clock.now().getTime();
    const count = (misses.get(topic) ?? 0) + Number(!paused.has(topic));
    misses.set(topic, count);
    const delayMs = backoffDelayMs(count, { ...BACKOFF, random: Math.random });
    clearTimeout(paused.get(topic));
    const onOver = () => {
      paused.delete(topic);
      serve(topic);
    };
    paused.set(topic, setTimeout(onOver, delayMs).unref());
    return new Date(now + delayMs);
  };

  return {
    request({ principal, priority, inputs }, step, onPlace) {
      sweep();
      // It was sent already, perhaps by another node: it needs no place.
      if (step.state !== 'SCHEDULED') {
        onPlace(() => {});
        return () => {};
      }
      const needs = needsOf(step, inputs);
      const key = queueOf(needs);
      if (parkedQueues.has(key)) parkedQueues.set(key, needs);
      const queue = waiting.get(key);
      const entry: QueuedJob = {
        ...{ stepId: step.id, needs, onPlace, place: undefined },
        ...{ owner: principal, priority, since: clock.now().getTime(), order: order++ },
      };
      const place = queue ? undefined : findPlace(needs);
      if (place) {
        give(entry, place);
        return () => {};
      }
      const joined = queue ?? createRequestQueue<QueuedJob>();
      waiting.set(key, joined);
      entry.place = joined.add(entry);
      return () => {
        entry.place?.leave(false);
        if (joined.size === 0 && waiting.get(key) === joined) waiting.delete(key);
        // Its run may be parked now.
        parkedQueues.set(key, needs);
      };
    },
    queueOf: ({ inputs }, step) => queueOf(needsOf(step, inputs)),
    waitingByTopic: () => sumByTopic([...waiting].map(([queue, { size }]) => [queue, size])),
    placeOf: (stepId) => given.get(stepId)?.place,
    keep(stepId, until) {
      const own = given.get(stepId);
      if (!own || own.until !== undefined) return;
      own.until = until;
      kept += 1;
    },
    hasKept: () => kept > 0,
    release,
    pause,
    miss(place, topic) {
      workers.missed(place);
      // Another worker may take the job at once.
      return place.workerId === undefined ? pause(topic) : clock.now();
    },
    resume(topic) {
      if (unpause(topic)) serve(topic);
    },
    begin: lookAgain,
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Labels that choose a worker. */
const PLACEMENT_LABEL = /^(?:preferred_pool|preferred_worker_id|placement\..*)$/;

function needsOf({ input, terms }: MutableStep, inputs: Json): JobNeeds {
  // Of a remote pool, the step states them; otherwise its job does.
  if (terms?.topic !== undefined) return { topic: terms.topic, labels: placementOf(terms.labels), requires: [] };
  const { topic, labels, meta } = (input ?? inputs) as unknown as JobInput;
  return { topic, labels: placementOf(labels), requires: [...(meta?.requires ?? [])].sort() };
}

function placementOf(labels: JsonObject = {}): Readonly<Record<string, string>> {
  const placement = Object.entries(labels).filter(([name]) => PLACEMENT_LABEL.test(name));
  return Object.fromEntries(placement.map(([name, value]) => [name, String(value)] as const).sort());
}

/** The name of the queue of jobs that need the same: the topic, and a digest of what else they need. */
function queueOf({ topic, ...others }: JobNeeds): string {
  if (others.requires.length === 0 && Object.keys(others.labels).length === 0) return topic;
  return `${topic}#${hash('sha256', JSON.stringify(others), 'hex').slice(0, 16)}`;
}

/** Adds up the sizes of the queues of each topic. */
export function sumByTopic(sizes: readonly (readonly [queue: string, size: number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [queue, size] of sizes) {
    const topic = queue.replace(/#[0-9a-f]{16}$/, '');
    sums.set(topic, (sums.get(topic) ?? 0) + size);
  }
  return sums;
}
