import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/core/event.ts';
import { canReopen, canTransition, isFinalRunState, isFinalStepState } from '../../src/core/states.ts';
import { coalesceMoves } from '../../src/engine/driver/coalesce-moves.ts';
import { next } from '../../src/engine/machine/next.ts';
import type { MachineEffect, MachineInput } from '../../src/engine/model/machine-input.ts';
import { applyEvent, createRunAggregate, type RunAggregate } from '../../src/engine/model/run-aggregate.ts';
import { ANN, runOpening, START, textOutput } from '../support/engine/runs.ts';
import { drawOutcome, drawPrepared } from './draw-outcome.ts';
import { drawPlan } from './draw-plan.ts';
import { createSeededRandom } from './random.ts';

const MAX_INPUTS = 5_000;

/** Carries out the effects in random order, with inputs from people in between, until the run ends. */
function playRandomRun(seed: number) {
  const random = createSeededRandom(seed);
  const { steps, plan } = drawPlan(random);
  const opening = runOpening(steps, plan);
  const run = createRunAggregate('run', START, opening);
  const events: NewEvent[] = [];
  const open: MachineEffect[] = [];
  let now = START.getTime();
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${++ids}`;
  const send = (input: MachineInput) => {
    const { events: newEvents, effects } = next(run, input, { at: new Date(now), random: random.real, newId });
    events.push(...newEvents);
    open.push(...effects);
  };
  send({ type: 'started' });
  for (let i = 0; i < MAX_INPUTS && !isFinalRunState(run.record.state); i++) {
    if (random.chance(0.005)) send({ type: 'cancelled', by: ANN, compensate: random.chance(0.5) });
    const [effect] = open.splice(random.whole(0, Math.max(0, open.length - 1)), 1);
    if (effect?.type === 'wake') now = Math.max(now, effect.at.getTime());
    const input = effect ? resultOf(effect) : unblock(run);
    if (input) send(input);
  }
  return { run, events, opening };

  function resultOf(effect: MachineEffect): MachineInput | undefined {
    if (effect.type === 'conclude') return { type: 'concluded', outputs: {} };
    const { step } = effect;
    const { key, attempt } = step;
    switch (effect.type) {
      case 'prepare':
        return { type: 'prepared', step: key, prepared: drawPrepared(random, run, step, now) };
      case 'queue':
        return { type: 'begun', step: key };
      case 'act':
        return drawOutcome(random, step);
      case 'gather':
        return { type: 'succeeded', step: key, attempt, output: textOutput('all') };
      case 'wake':
        return { type: 'woke', step: key };
      case 'abort':
        return undefined;
    }
  }

  function unblock({ approvals, steps: all }: RunAggregate): MachineInput | undefined {
    const [approvalId] = approvals.keys();
    if (approvalId !== undefined) {
      return { type: 'decided', approvalId, by: ANN, approve: random.chance(0.8), output: textOutput('') };
    }
    const waiting = [...all.values()].find(({ kind, state }) => kind === 'SIGNAL' && state === 'WAITING');
    if (!waiting) return undefined;
    const { name } = waiting.input as { readonly name: string };
    return { type: 'signalled', id: newId('msg'), name, output: textOutput('') };
  }
}

const seeds = fc.nat();

describe('any run', () => {
  it('ends once all effects are carried out, with every step ended', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { run } = playRandomRun(seed);
        expect(isFinalRunState(run.record.state)).toBe(true);
        for (const { key, state } of run.steps.values()) expect([key, isFinalStepState(state)]).toEqual([key, true]);
        expect(run.approvals.size + run.counts.active + run.counts.waiting).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('moves its steps as the table of states allows, whether events are recorded one by one or coalesced', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { events } = playRandomRun(seed);
        for (const recorded of [events, coalesceMoves(events)]) {
          const states = new Map<string | undefined, string>();
          for (const { type, step, payload } of recorded) {
            if (type !== 'STEP_STATE_CHANGED') continue;
            const { from, to } = payload;
            expect(from).toBe(states.get(step) ?? 'PENDING');
            expect([from, to, to === 'PENDING' ? canReopen(from) : canTransition(from, to)]).toEqual([from, to, true]);
            states.set(step, to);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the fold of its events, however many of them were recorded at once', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(seeds, sizes, (seed, chunks) => {
        const { run, events, opening } = playRandomRun(seed);
        const folded = createRunAggregate('run', START, opening);
        for (let from = 0, i = 0; from < events.length; i++) {
          const size = chunks[i % chunks.length] ?? 1;
          for (const event of coalesceMoves(events.slice(from, from + size))) applyEvent(folded, event);
          from += size;
        }
        run.preparing.clear();
        for (const items of run.items.values()) items.nextIndex = 0;
        expect(folded).toEqual(run);
      }),
      { numRuns: 300 },
    );
  });
});
