import type { MachineInput } from '../../src/engine/model/machine-input.ts';
import type { RunAggregate } from '../../src/engine/model/run-aggregate.ts';
import { ANN, textOutput } from '../support/engine/runs.ts';
import { SIGNALS } from './draw-plan.ts';
import type { Random } from './random.ts';

interface ActorEnvironment {
  readonly random: Random;
  readonly run: RunAggregate;
  later(inMs: number, what: () => void): void;
  newId(prefix: string): string;
  /** To the process that drives the run. */
  send(what: MachineInput): void;
  /** Brings the run back that has ended. */
  resume(what: MachineInput): void;
  flushLater(): void;
  isUp(): boolean;
  /** The run has ended, and that is recorded. */
  isOver(): boolean;
  badSteps(): readonly string[];
}

interface Message {
  readonly signal: MachineInput;
  state: 'waits' | 'told' | 'done';
}

/** Who decides, signals, cancels and tries again. What they send is kept until what came of it is recorded. */
export interface Actors {
  begin(): void;
  /** All that happened so far is recorded. */
  onFlushed(): void;
  onCrash(): void;
  onRestart(): void;
  /** Nothing happens by itself any more: does what the run waits for. @returns false when it waits for nobody */
  unblock(): boolean;
}

export function createActors(on: ActorEnvironment): Actors {
  const { random, newId } = on;
  const sent: Message[] = [];
  const asked = new Set<string>();
  let retries = 0;

  const deliver = (message: Message) => {
    if (!on.isUp() || message.state === 'done') return;
    if (on.isOver()) {
      message.state = 'done';
      return;
    }
    message.state = 'told';
    on.send(message.signal);
    on.flushLater();
    // Delivered at least once.
    if (random.chance(0.1)) on.send(message.signal);
  };
  const send = (inMs: number, what: MachineInput) =>
    on.later(inMs, () => {
      const message: Message = { signal: what, state: 'waits' };
      sent.push(message);
      deliver(message);
    });

  const sendSignal = (inMs: number, name: string) => {
    const id = newId('msg');
    send(inMs, { type: 'signalled', id, name, payload: id, output: textOutput(id) });
  };
  const decide = (inMs: number, approvalId: string, approve: boolean) =>
    send(inMs, { type: 'decided', approvalId, by: ANN, approve, output: textOutput(`${approve}`) });
  const cancel = (inMs: number) => send(inMs, { type: 'cancelled', by: ANN, compensate: random.chance(0.6) });

  const decideSome = () => {
    for (const { id } of on.run.approvals.values()) {
      if (asked.has(id) || random.chance(0.2)) continue;
      asked.add(id);
      decide(random.whole(0, 1_000), id, random.chance(0.85));
      if (random.chance(0.2)) decide(random.whole(0, 1_000), id, random.chance(0.5));
    }
  };
  const retry = () => {
    const step = on.badSteps()[0];
    if (on.isUp() && on.isOver() && step !== undefined) {
      on.resume({ type: 'retried', step });
      on.flushLater();
    }
  };

  return {
    begin() {
      for (let i = random.whole(0, 3); i > 0; i--) sendSignal(random.whole(0, 800), random.pick(SIGNALS));
      for (let i = random.chance(0.2) ? random.whole(1, 2) : 0; i > 0; i--) cancel(random.whole(0, 600));
    },
    onFlushed() {
      for (const message of sent) if (message.state === 'told') message.state = 'done';
      decideSome();
      if (!on.isOver() || retries >= 2 || random.chance(0.6)) return;
      retries += 1;
      on.later(random.whole(0, 300), retry);
    },
    onCrash() {
      for (const message of sent) if (message.state === 'told') message.state = 'waits';
    },
    onRestart() {
      for (const message of sent) if (message.state === 'waits') deliver(message);
    },
    unblock() {
      if (on.isOver()) return false;
      const waiting = [...on.run.steps.values()].filter(({ kind, state }) => kind === 'SIGNAL' && state === 'WAITING');
      for (const { id } of on.run.approvals.values()) decide(0, id, true);
      for (const { input } of waiting) sendSignal(0, (input as { readonly name: string }).name);
      return waiting.length > 0 || on.run.approvals.size > 0;
    },
  };
}
