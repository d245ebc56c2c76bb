import { LEASE_MS } from '../../src/core/leases.ts';
import { createSeededRandom } from '../../test/simulation/random.ts';
import { createEventQueue } from './event-queue.ts';
import { createJobTable, STATE } from './job-table.ts';
import * as model from './model.ts';
import { createRegistryViews } from './registry-views.ts';
import { createDatabases, createStations } from './stations.ts';
import { createWorkerViews, poolOf } from './worker-views.ts';

const WARM_UP_MS = 1_000;
const LATE_MS = 1_000;
/** In place of a job: an append that nothing waits for. */
const NOTHING = -1;
const KIND = {
  ...{ taken: 0, committed: 1, written: 2, atWorker: 3, jobEnded: 4, result: 5, received: 6, forwarded: 7 },
  ...{ read: 8, incident: 9, claim: 10, lost: 11 },
} as const;

/**
 * A discrete-event simulation of jobs from their request to their durable end. Nodes are threads, databases commit groups, NATS is one
 * server a cell, and workers do one job after the other. Deterministic: the same options have the same result. It begins in the steady
 * state, with as many jobs on workers as there are on average.
 */
export function simulate({
  costs,
  topology,
  workload,
  seconds,
  seed,
  incident,
}: model.SimulationOptions): model.SimulationResult {
  const { cells, nodesPerCell, busCores } = topology;
  const { workers, pools, jobsPerSecond, jobMs, heartbeatMs } = workload;
  const random = createSeededRandom(seed);
  const exponential = (mean: number) => -Math.log(1 - random.real()) * mean;
  const viewOptions = { ...workload, cells, nodesPerCell };
  const views =
    workload.sharing === 'registry'
      ? createRegistryViews(viewOptions)
      : createWorkerViews({ ...viewOptions, sharing: workload.sharing }, random);
  const queue = createEventQueue();
  const jobs = createJobTable(Math.ceil((jobsPerSecond / 1_000) * jobMs * 2) + 100_000);
  const heartbeatsPerMs = workers / cells / heartbeatMs;
  const nodes = createStations(cells * nodesPerCell, heartbeatsPerMs * costs.heartbeatMs);
  const buses = createStations(cells, (heartbeatsPerMs * costs.messageMs * nodesPerCell) / busCores);
  const databases = createDatabases(topology, costs);
  const backgroundAppends = Math.max(0, Math.round(costs.appends) - model.APPENDS_IN_SEQUENCE);
  const thirdMs = costs.jobMs / 3;

  const running = new Int32Array(workers).fill(-1);
  const queued = new Int32Array(workers);
  const isDead = new Uint8Array(workers);
  const alive = Array.from({ length: cells }, (_, cell) =>
    Array.from({ length: nodesPerCell }, (_, index) => cell * nodesPerCell + index),
  );
  let deadNode = -1;
  /** Jobs that no worker had room for, by node and pool. */
  const waiting: number[][] = Array.from({ length: cells * nodesPerCell * pools }, () => []);
  /** Results of jobs without a node. */
  const orphans: number[] = [];
  const outcomes = [model.createOutcome(), model.createOutcome()] as const;
  const endAt = WARM_UP_MS + seconds * 1_000;
  let measuring = false;
  let ended = 0;
  let events = 0;

  const nodeOf = (job: number) => jobs.node[job] as number;
  const cellOfJob = (job: number) => Math.floor(nodeOf(job) / nodesPerCell);
  const outcomeOf = (job: number) => outcomes[cellOfJob(job) === 0 ? 0 : 1];
  const hasNode = (job: number) => nodeOf(job) !== deadNode;
  const note = (job: number, of: 'accepted' | 'started' | 'recorded', from: number, now: number) => {
    if (!measuring) return;
    outcomeOf(job)[of].add(now - from);
    if (now - from > LATE_MS) outcomeOf(job).lateUntil = now;
  };
  const onNode = (job: number, now: number, ms: number, kind: number) =>
    queue.add(nodes.serve(nodeOf(job), now, ms), kind, job);
  /** Through NATS. */
  const send = (job: number, now: number, ms: number, kind: number, delayMs = 0) => {
    const at = buses.serve(cellOfJob(job), now, ms / busCores);
    queue.add(at + 2 * costs.hopMs + delayMs, kind, job);
  };
  const append = (job: number, now: number, node = nodeOf(job)) => {
    const at = databases.append(node, now, job);
    if (at !== undefined) queue.add(at, KIND.committed, Math.floor(node / nodesPerCell));
  };
  const create = (now: number) => {
    const node = random.pick(alive[random.whole(0, cells - 1)] as number[]);
    return jobs.add({ node, pool: random.whole(0, pools - 1), at: now });
  };
  const arrive = (now: number) => onNode(create(now), now, thirdMs, KIND.taken);
  /** The caller tries again, at another node. */
  const refuse = (job: number, now: number) => {
    outcomeOf(job).refused += 1;
    jobs.remove(job);
    arrive(now);
  };
  const findWorker = (job: number, now: number) => {
    const worker = views.place(nodeOf(job), jobs.pool[job] as number);
    if (worker < 0) {
      (waiting[nodeOf(job) * pools + (jobs.pool[job] as number)] as number[]).push(job);
      return;
    }
    jobs.worker[job] = worker;
    jobs.state[job] = STATE.placed;
    views.begin(nodeOf(job), worker);
    append(job, now);
  };
  const serveWaiting = (node: number, pool: number, now: number) => {
    const list = waiting[node * pools + pool] as number[];
    while (list.length > 0 && views.place(node, pool) >= 0) findWorker(list.shift() as number, now);
  };
  const start = (job: number, now: number) => {
    running[jobs.worker[job] as number] = job;
    jobs.state[job] = STATE.running;
    note(job, 'started', jobs.arrivedAt[job] as number, now);
    queue.add(now + exponential(jobMs), KIND.jobEnded, job);
  };
  const beat = (worker: number, now: number) => {
    if (isDead[worker]) return;
    const count = (running[worker] as number) < 0 ? 0 : 1 + (queued[worker] as number);
    for (const node of views.heartbeat(worker, count, now)) serveWaiting(node, poolOf(worker, { cells, pools }), now);
  };
  const onCommitted = (job: number, now: number) => {
    const state = jobs.state[job];
    if (state === STATE.accepting) note(job, 'accepted', jobs.arrivedAt[job] as number, now);
    if (state === STATE.accepting || state === STATE.accepted) {
      jobs.state[job] = STATE.accepted;
      if (hasNode(job)) findWorker(job, now);
    } else if (state === STATE.placed) {
      if (hasNode(job)) onNode(job, now, thirdMs, KIND.written);
    } else if (state === STATE.ended) {
      jobs.state[job] = STATE.recorded;
      if (hasNode(job)) append(job, now);
      else orphans.push(job);
    } else if (state === STATE.recorded) {
      note(job, 'recorded', jobs.endedAt[job] as number, now);
      ended += Number(measuring);
      jobs.remove(job);
    }
  };

  const handlers: ((subject: number, now: number) => void)[] = [];
  handlers[KIND.taken] = (job, now) => {
    if (hasNode(job)) append(job, now);
    else refuse(job, now);
  };
  handlers[KIND.committed] = (cell, now) => {
    const { jobs: group, nextAt } = databases.commit(cell, now);
    if (nextAt !== undefined) queue.add(nextAt, KIND.committed, cell);
    for (const job of group) if (job !== NOTHING) onCommitted(job, now);
  };
  handlers[KIND.written] = (job, now) => {
    if (!hasNode(job)) return;
    jobs.state[job] = STATE.sent;
    send(job, now, costs.messageMs, KIND.atWorker);
    for (let i = 0; i < backgroundAppends; i += 1) append(NOTHING, now, nodeOf(job));
  };
  handlers[KIND.atWorker] = (job, now) => {
    const worker = jobs.worker[job] as number;
    outcomeOf(job).sent += Number(measuring);
    let last = running[worker] as number;
    if (last < 0) {
      // It will be found when the worker is taken for dead.
      if (isDead[worker]) running[worker] = job;
      else start(job, now);
      return;
    }
    while ((jobs.next[last] as number) >= 0) last = jobs.next[last] as number;
    jobs.next[last] = job;
    queued[worker] = (queued[worker] as number) + 1;
    outcomeOf(job).misplaced += Number(measuring);
  };
  handlers[KIND.jobEnded] = (job, now) => {
    const worker = jobs.worker[job] as number;
    if (isDead[worker] || running[worker] !== job) return;
    const next = jobs.next[job] as number;
    running[worker] = -1;
    jobs.next[job] = -1;
    if (next >= 0) {
      queued[worker] = (queued[worker] as number) - 1;
      start(next, now);
    }
    jobs.state[job] = STATE.ended;
    jobs.endedAt[job] = now;
    send(job, now, costs.keptMessageMs, KIND.result, costs.keepMs);
  };
  handlers[KIND.result] = (job, now) => {
    const taker = random.pick(alive[cellOfJob(job)] as number[]);
    if (taker === nodeOf(job)) onNode(job, now, thirdMs, KIND.read);
    else queue.add(nodes.serve(taker, now, costs.forwardMs), KIND.received, job);
  };
  /** Another node has taken the result, and sends it to the one that drives the run. */
  handlers[KIND.received] = (job, now) => send(job, now, costs.messageMs, KIND.forwarded);
  handlers[KIND.forwarded] = (job, now) => {
    if (hasNode(job)) onNode(job, now, costs.forwardMs + thirdMs, KIND.read);
    else orphans.push(job);
  };
  handlers[KIND.read] = (job, now) => {
    // The dead node took it, and did not acknowledge it.
    if (!hasNode(job)) return queue.add(now + model.ACK_WAIT_MS, KIND.result, job);
    views.end(nodeOf(job), jobs.worker[job] as number);
    serveWaiting(nodeOf(job), jobs.pool[job] as number, now);
    append(job, now);
  };
  /** Its jobs are recorded as failed attempts, and sent to others. */
  handlers[KIND.lost] = (worker, now) => {
    views.remove(worker);
    for (let job = running[worker] as number; job >= 0; ) {
      const next = jobs.next[job] as number;
      jobs.next[job] = -1;
      jobs.state[job] = STATE.accepted;
      outcomeOf(job).repeated += 1;
      append(job, now);
      job = next;
    }
    running[worker] = -1;
  };
  handlers[KIND.incident] = (_, now) => {
    outcomes[0].incidentAt = now;
    if (incident?.kind === 'database stops') return databases.stop(0, now + incident.durationMs);
    if (incident?.kind === 'workers die') {
      for (let worker = 0; worker < workers; worker += cells) {
        if (!random.chance(incident.share)) continue;
        isDead[worker] = 1;
        // The last heartbeat was up to one interval ago.
        queue.add(now + (model.MISSED_HEARTBEATS - random.real()) * heartbeatMs, KIND.lost, worker);
      }
      return;
    }
    [deadNode = -1] = (alive[0] as number[]).splice(0, 1);
    for (const job of databases.removeNode(deadNode)) {
      if (jobs.state[job] === STATE.accepting) refuse(job, now);
      else if (jobs.state[job] === STATE.ended) queue.add(now + model.ACK_WAIT_MS, KIND.result, job);
      else if (jobs.state[job] === STATE.recorded) orphans.push(job);
    }
    queue.add(now + LEASE_MS + random.real() * model.NODE_HEARTBEAT_MS, KIND.claim, deadNode);
  };
  /** The runs of the dead node, read from their events, continue on the others of its cell. */
  handlers[KIND.claim] = (node, now) => {
    views.removeNode(node);
    for (let job = 0; job < jobs.state.length; job += 1) {
      const state = jobs.state[job] as number;
      if (nodeOf(job) !== node || state === STATE.free || state === STATE.accepting) continue;
      jobs.node[job] = random.pick(alive[0] as number[]);
      nodes.serve(nodeOf(job), now, thirdMs);
      // One that may have been sent is sent again, as those of idempotent steps are.
      if (state === STATE.accepted || state === STATE.placed) findWorker(job, now);
    }
    for (const job of orphans.splice(0)) onNode(job, now, thirdMs, KIND.read);
  };

  for (let i = 0; i < (jobsPerSecond / 1_000) * jobMs; i += 1) {
    const job = create(0);
    const worker = views.place(nodeOf(job), jobs.pool[job] as number);
    if (worker < 0) {
      jobs.remove(job);
      continue;
    }
    jobs.worker[job] = worker;
    views.begin(nodeOf(job), worker);
    start(job, 0);
  }
  if (incident) queue.add(WARM_UP_MS + incident.atMs, KIND.incident, 0);
  let arrivesAt = exponential(1_000 / jobsPerSecond);
  for (let beats = 0; ; events += 1) {
    // All workers in turn, of every cell and pool.
    const beatsAt = ((beats + 0.5) * heartbeatMs) / workers;
    const now = Math.min(queue.nextAt, arrivesAt, beatsAt);
    if (now >= endAt) break;
    if (!measuring && now >= WARM_UP_MS) {
      measuring = true;
      for (const stations of [nodes, buses, databases]) stations.reset();
    }
    if (now === arrivesAt) {
      arrive(now);
      arrivesAt += exponential(1_000 / jobsPerSecond);
    } else if (now === beatsAt) {
      beat(beats % workers, now);
      beats += 1;
    } else {
      const { kind, subject } = queue.take();
      handlers[kind]?.(subject, now);
    }
  }
  return {
    ...{ first: outcomes[0], others: outcomes[1], jobs: ended, events },
    nodes: nodes.utilization(WARM_UP_MS, endAt),
    buses: buses.utilization(WARM_UP_MS, endAt),
    groupSizes: databases.groupSizes(),
  };
}
