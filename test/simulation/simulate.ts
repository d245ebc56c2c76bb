import { isDeepStrictEqual } from 'node:util';
import type { NewEvent } from '../../src/core/event.ts';
import { isFailedEnd, isFinalRunState } from '../../src/core/states.ts';
import { coalesceMoves } from '../../src/engine/driver/coalesce-moves.ts';
import { next } from '../../src/engine/machine/next.ts';
import type { InitialInput, MachineEffect, MachineInput } from '../../src/engine/model/machine-input.ts';
import {
  applyEvent,
  createRunAggregate,
  type MutableStep,
  type RunAggregate,
} from '../../src/engine/model/run-aggregate.ts';
import { failureWith, runOpening, START, textOutput } from '../support/engine/runs.ts';
import { createActors } from './actors.ts';
import { checkEnd, checkTransition } from './check-transition.ts';
import { drawDenial, drawOutcome, drawPrepared } from './draw-outcome.ts';
import { drawPlan } from './draw-plan.ts';
import { createSeededRandom } from './random.ts';
import {
  applyToReference,
  createReferenceRun,
  invariant,
  type ReferenceRun,
  resultsToKeep,
} from './reference-model.ts';
import { createVirtualClock } from './virtual-clock.ts';

const MAX_STEPS = 20_000;

export interface SimulationResult {
  readonly state: string;
  readonly crashes: number;
  readonly reruns: number;
  readonly events: number;
}

/**
 * One run of a random plan in a random environment, both given by the seed: the machine, a driver that crashes, steps that
 * fail and are late, people who decide, signal, cancel, retry and rerun. On a virtual clock, so that days take no time.
 * @param log called with each line about what happens
 * @throws InvariantViolation when the run breaks a promise
 */
export function simulate(seed: number, log: (line: string) => void = () => {}): SimulationResult {
  const random = createSeededRandom(seed);
  const clock = createVirtualClock(START.getTime());
  const { steps, plan } = drawPlan(random);
  const opening = { type: 'RUN_CREATED', at: START, payload: runOpening(steps, plan) } as const;
  const crashChance = random.chance(0.5) ? random.real() * 0.04 : 0;
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${++ids}`;

  let initialInput: InitialInput = random.chance(0.03) ? drawDenial(random, steps) : { type: 'started' };
  let results: ReturnType<typeof resultsToKeep>;
  /** What a crash leaves. */
  const journal: NewEvent[] = [];
  /** How often each step acted on the outside world. */
  const acts = new Map<string, number>();
  let crashes = 0;
  let reruns = 0;

  // The state of the process: all of it is lost when it crashes.
  let run: RunAggregate = createRunAggregate('run', START, opening.payload);
  let reference: ReferenceRun = createReferenceRun(steps);
  let pending: NewEvent[] = [];
  let isUp = false;
  let process = 0;
  let attempts = new Map<string, object>();
  const later = (delayMs: number, callback: () => void) => {
    const own = process;
    clock.add(delayMs, () => {
      if (own === process) callback();
    });
  };

  const fold = (): RunAggregate => {
    const folded = createRunAggregate('run', START, opening.payload);
    for (const event of journal.slice(1)) applyEvent(folded, event);
    return folded;
  };

  const flush = () => {
    if (pending.length === 0) return;
    journal.push(...coalesceMoves(pending));
    pending = [];
    const folded = fold();
    for (const key of run.preparing) folded.preparing.add(key);
    for (const [key, items] of folded.items) items.nextIndex = run.items.get(key)?.nextIndex ?? 0;
    invariant(isDeepStrictEqual(folded, run), () => 'the fold of the journal is not the run as it was driven');
    actors.onFlushed();
  };

  const send = (input: MachineInput, isStale = false) => {
    if (!isUp) return;
    log(`${clock.now - START.getTime()} ${JSON.stringify(input)}`);
    const { events, effects } = next(run, input, { at: new Date(clock.now), random: random.real, newId });
    pending.push(...events);
    for (const event of events) log(`    ${event.type} ${event.step ?? ''} ${JSON.stringify(event.payload)}`);
    invariant(!isStale || events.length === 0, () => `a result that nothing waits for is accepted: ${input.type}`);
    checkTransition(reference, input, events, run);
    for (const effect of effects) carryOut(effect);
    if (random.chance(crashChance) && crashes < 5) return crash();
    if (isFinalRunState(run.record.state)) {
      endProcess();
      later(0, flush);
    } else if (random.chance(0.3)) later(random.whole(0, 40), flush);
  };

  const soon = () => (random.chance(0.6) ? 0 : random.whole(1, 60));

  const carryOut = (effect: MachineEffect) => {
    if (effect.type === 'conclude') {
      const failed = random.chance(0.1) && { failure: failureWith('BAD_INPUT') };
      return later(soon(), () => send({ type: 'concluded', ...(failed || { outputs: {} }) }));
    }
    const { step } = effect;
    const { key } = step;
    switch (effect.type) {
      case 'prepare': {
        const early = random.chance(0.5) ? drawPrepared(random, run, step, clock.now) : undefined;
        return later(soon(), () =>
          send({ type: 'prepared', step: key, prepared: early ?? drawPrepared(random, run, step, clock.now) }),
        );
      }
      case 'queue':
        return later(soon(), () => send({ type: 'begun', step: key }));
      case 'act':
        return act(step);
      case 'gather': {
        const { attempt } = step;
        const result: MachineInput = random.chance(0.9)
          ? { type: 'succeeded', step: key, attempt, output: textOutput('all of them') }
          : { type: 'failed', step: key, attempt, failure: failureWith('UNAVAILABLE', random.chance(0.5)) };
        return later(random.whole(0, 120), () => send(result));
      }
      case 'wake':
        return later(effect.at.getTime() - clock.now, () => send({ type: 'woke', step: key }));
      case 'abort':
        return void attempts.delete(key);
    }
  };

  const act = (step: MutableStep) => {
    const { key } = step;
    invariant(!attempts.has(key), () => `${key} acts twice at once`);
    const attempt = {};
    attempts.set(key, attempt);
    const perform = () => {
      // Aborted before it began.
      if (attempts.get(key) !== attempt) return;
      if (step.effect === 'external') actOnWorld(key, step.terms?.idempotent === true);
      const outcome = drawOutcome(random, step);
      later(random.whole(0, 120), () => {
        const isStale = attempts.get(key) !== attempt;
        if (!isStale) attempts.delete(key);
        // It may arrive again, perhaps during another attempt. One that paused continues with the same attempt.
        if (outcome.type !== 'paused' && random.chance(0.2)) later(random.whole(1, 150), () => send(outcome, true));
        send(outcome, isStale);
      });
    };
    if (step.effect === 'pure') return perform();
    later(random.whole(0, 20), () => {
      flush();
      perform();
    });
  };

  const actOnWorld = (key: string, isIdempotent: boolean) => {
    const times = (acts.get(key) ?? 0) + 1;
    acts.set(key, times);
    const recorded = journal.filter(
      ({ type, step, payload }) => type === 'STEP_STATE_CHANGED' && step === key && payload.to === 'DISPATCHED',
    ).length;
    invariant(
      isIdempotent || times <= recorded,
      () => `${key} has acted ${times} times, and ${recorded} attempts are recorded`,
    );
  };

  const crash = () => {
    log(`${clock.now - START.getTime()} CRASH, ${pending.length} events are lost`);
    crashes += 1;
    isUp = false;
    endProcess();
    pending = [];
    actors.onCrash();
    later(random.whole(0, 300), begin);
  };

  /** Timers, queues and attempts are lost. */
  const endProcess = () => {
    process += 1;
    attempts = new Map();
  };

  const begin = () => {
    isUp = true;
    if (journal.length > 0) {
      resume({ type: 'recovered' });
      return actors.onRestart();
    }
    run = fold();
    reference = createReferenceRun(steps, results);
    pending = [opening];
    send(initialInput);
  };

  /** Continues the run from its events. */
  const resume = (input: MachineInput) => {
    run = fold();
    reference = createReferenceRun(steps, results);
    for (const event of journal.slice(1)) applyToReference(reference, event);
    send(input);
  };

  /** A new run with the results of the one that has ended. */
  const rerun = () => {
    const candidates = steps.filter(({ key }) => resultsToKeep(reference, key) !== undefined);
    if (candidates.length === 0) return;
    const from = random.pick(candidates).key;
    results = resultsToKeep(reference, from);
    initialInput = { type: 'resumedFrom', step: from, earlier: run.topLevel.map((step) => ({ ...step })) };
    reruns += 1;
    journal.length = 0;
    acts.clear();
    begin();
  };

  const actors = createActors({
    random,
    later: clock.add,
    newId,
    send,
    resume,
    rerun,
    flushLater: () => later(random.whole(0, 30), flush),
    get run() {
      return run;
    },
    isUp: () => isUp,
    hasEnded: () => pending.length === 0 && isFinalRunState(run.record.state),
    failedSteps: () => [...run.steps.values()].filter(({ state }) => isFailedEnd(state)).map(({ key }) => key),
  });
  actors.begin();
  begin();
  for (let i = 0; !clock.isEmpty || actors.unblock(); i++) {
    invariant(i < MAX_STEPS, () => 'the run does not end');
    clock.step();
  }
  checkEnd(reference, run);
  invariant(isDeepStrictEqual(fold().record, run.record), () => 'the end of the run was not recorded');
  return { state: run.record.state, crashes, reruns, events: journal.length };
}
