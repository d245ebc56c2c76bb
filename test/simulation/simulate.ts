import { isDeepStrictEqual } from 'node:util';
import type { NewEvent } from '../../src/core/event.ts';
import { isFailedEnd, isFinalRunState } from '../../src/core/states.ts';
import { coalesceMoves } from '../../src/engine/driver/coalesce-moves.ts';
import { next } from '../../src/engine/machine/next.ts';
import type { MachineEffect, MachineInput } from '../../src/engine/model/machine-input.ts';
import {
  applyEvent,
  createRunAggregate,
  type MutableStep,
  type RunAggregate,
} from '../../src/engine/model/run-aggregate.ts';
import { failureWith, runOpening, START, textOutput } from '../support/engine/runs.ts';
import { createActors } from './actors.ts';
import { checkEnd, checkTransition } from './check-transition.ts';
import { drawOutcome, drawPrepared } from './draw-outcome.ts';
import { drawPlan } from './draw-plan.ts';
import { createSeededRandom } from './random.ts';
import { applyToReference, createReferenceRun, invariant, type ReferenceRun } from './reference-model.ts';
import { createVirtualClock } from './virtual-clock.ts';

const MAX_STEPS = 20_000;

/** What a simulated run came to. */
export interface SimulationResult {
  readonly state: string;
  readonly crashes: number;
  readonly events: number;
}

/**
 * One run of a plan that the seed gives, in a world that the seed gives: the machine, a driver that crashes, steps that
 * fail and come late, people who decide, signal, cancel and try again. By a clock of its own, so that days take no time.
 * @param tell told what happens
 * @throws Violation when the run does what it must not do
 */
export function simulate(seed: number, tell: (line: string) => void = () => {}): SimulationResult {
  const random = createSeededRandom(seed);
  const agenda = createVirtualClock(START.getTime());
  const { steps, plan } = drawPlan(random);
  const opening = { type: 'RUN_CREATED', at: START, payload: runOpening(steps, plan) } as const;
  const crashesAt = random.chance(0.5) ? random.real() * 0.04 : 0;
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${++ids}`;

  /** What a crash leaves. */
  const journal: NewEvent[] = [];
  /** How often a step acted on the world. */
  const acts = new Map<string, number>();
  let crashes = 0;

  // The process: all of this is gone when it crashes.
  let live: RunAggregate = createRunAggregate('run', START, opening.payload);
  let watched: ReferenceRun = createReferenceRun(steps);
  let pending: NewEvent[] = [];
  let isUp = false;
  let process = 0;
  let acting = new Map<string, object>();
  const later = (inMs: number, what: () => void) => {
    const mine = process;
    agenda.add(inMs, () => {
      if (mine === process) what();
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
    for (const key of live.preparing) folded.preparing.add(key);
    for (const [key, items] of folded.items) items.nextIndex = live.items.get(key)?.nextIndex ?? 0;
    invariant(isDeepStrictEqual(folded, live), () => 'the fold of the journal is not the run as it was driven');
    people.onFlushed();
  };

  const signal = (what: MachineInput, isStale = false) => {
    if (!isUp) return;
    tell(`${agenda.now - START.getTime()} ${JSON.stringify(what)}`);
    const move = next(live, what, { at: new Date(agenda.now), random: random.real, newId });
    pending.push(...move.events);
    for (const event of move.events) tell(`    ${event.type} ${event.step ?? ''} ${JSON.stringify(event.payload)}`);
    invariant(!isStale || move.events.length === 0, () => `a result that nobody waits for is taken: ${what.type}`);
    checkTransition(watched, move.events, live);
    for (const effect of move.effects) carryOut(effect);
    if (random.chance(crashesAt) && crashes < 5) return crash();
    if (isFinalRunState(live.record.state)) {
      letGo();
      later(0, flush);
    } else if (random.chance(0.3)) later(random.whole(0, 40), flush);
  };

  const soon = () => (random.chance(0.6) ? 0 : random.whole(1, 60));

  const carryOut = (effect: MachineEffect) => {
    if (effect.type === 'conclude') {
      const failed = random.chance(0.1) && { failure: failureWith('BAD_INPUT') };
      return later(soon(), () => signal({ type: 'concluded', ...(failed || { outputs: {} }) }));
    }
    const { step } = effect;
    const { key } = step;
    switch (effect.type) {
      case 'prepare': {
        const early = random.chance(0.5) ? drawPrepared(random, live, step, agenda.now) : undefined;
        return later(soon(), () =>
          signal({ type: 'prepared', step: key, prepared: early ?? drawPrepared(random, live, step, agenda.now) }),
        );
      }
      case 'queue':
        return later(soon(), () => signal({ type: 'begun', step: key }));
      case 'act':
        return act(step);
      case 'gather': {
        const { attempt } = step;
        const came: MachineInput = random.chance(0.9)
          ? { type: 'succeeded', step: key, attempt, output: textOutput('all of them') }
          : { type: 'failed', step: key, attempt, failure: failureWith('UNAVAILABLE', random.chance(0.5)) };
        return later(random.whole(0, 120), () => signal(came));
      }
      case 'wake':
        return later(effect.at.getTime() - agenda.now, () => signal({ type: 'woke', step: key }));
      case 'abort':
        return void acting.delete(key);
    }
  };

  const act = (step: MutableStep) => {
    const { key } = step;
    invariant(!acting.has(key), () => `${key} acts twice at once`);
    const work = {};
    acting.set(key, work);
    const perform = () => {
      // Aborted before it began.
      if (acting.get(key) !== work) return;
      if (step.effect === 'external') actOnWorld(key, step.terms?.idempotent === true);
      const outcome = drawOutcome(random, step);
      later(random.whole(0, 120), () => {
        const isStale = acting.get(key) !== work;
        if (!isStale) acting.delete(key);
        // It may come once more, perhaps during another attempt; one that pauses goes on with the same one.
        if (outcome.type !== 'paused' && random.chance(0.2)) later(random.whole(1, 150), () => signal(outcome, true));
        signal(outcome, isStale);
      });
    };
    if (step.effect === 'pure') return perform();
    later(random.whole(0, 20), () => {
      flush();
      perform();
    });
  };

  const actOnWorld = (key: string, mayRepeat: boolean) => {
    const times = (acts.get(key) ?? 0) + 1;
    acts.set(key, times);
    const known = journal.filter(
      ({ type, step, payload }) => type === 'STEP_STATE_CHANGED' && step === key && payload.to === 'DISPATCHED',
    ).length;
    invariant(
      mayRepeat || times <= known,
      () => `${key} acts for the ${times}. time, and ${known} attempts are recorded`,
    );
  };

  const crash = () => {
    tell(`${agenda.now - START.getTime()} CRASH, ${pending.length} events are lost`);
    crashes += 1;
    isUp = false;
    letGo();
    pending = [];
    people.onCrash();
    later(random.whole(0, 300), begin);
  };

  /** Nothing that was under way is heard of any more: timers, queues, work. */
  const letGo = () => {
    process += 1;
    acting = new Map();
  };

  const begin = () => {
    isUp = true;
    if (journal.length > 0) {
      resume({ type: 'recovered' });
      return people.onRestart();
    }
    live = fold();
    watched = createReferenceRun(steps);
    pending = [opening];
    signal({ type: 'started' });
  };

  /** Brings the run back, by its events. */
  const resume = (what: MachineInput) => {
    live = fold();
    watched = createReferenceRun(steps);
    for (const event of journal.slice(1)) applyToReference(watched, event);
    signal(what);
  };

  const people = createActors({
    random,
    later: agenda.add,
    newId,
    send: signal,
    resume,
    flushLater: () => later(random.whole(0, 30), flush),
    get run() {
      return live;
    },
    isUp: () => isUp,
    isOver: () => pending.length === 0 && isFinalRunState(live.record.state),
    badSteps: () => [...live.steps.values()].filter(({ state }) => isFailedEnd(state)).map(({ key }) => key),
  });
  people.begin();
  begin();
  for (let i = 0; !agenda.isEmpty || people.unblock(); i++) {
    invariant(i < MAX_STEPS, () => 'the run does not come to an end');
    agenda.step();
  }
  checkEnd(watched, live);
  invariant(isDeepStrictEqual(fold().record, live.record), () => 'the end of the run was not recorded');
  return { state: live.record.state, crashes, events: journal.length };
}
