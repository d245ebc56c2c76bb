import type { MachineInput } from '../../src/engine/model/machine-input.ts';
import type { RunAggregate } from '../../src/engine/model/run-aggregate.ts';
import { ANN, textOutput } from '../support/engine/runs.ts';
import { SIGNALS } from './draw-plan.ts';
import type { Random } from './random.ts';

interface ActorEnvironment {
  readonly random: Random;
  readonly run: RunAggregate;
  later(delayMs: number, callback: () => void): void;
  newId(prefix: string): string;
  /** To the process that drives the run. */
  send(input: MachineInput): void;
  /** Continues the run that has ended. */
  resume(input: MachineInput): void;
  /** Replaces the run that has ended by a new one with its results. */
  rerun(): void;
  flushLater(): void;
  isUp(): boolean;
  /** The run has ended, and that is recorded. */
  hasEnded(): boolean;
  failedSteps(): readonly string[];
}

interface Message {
  readonly input: MachineInput;
  state: 'waiting' | 'sent' | 'done';
}

/** The people who decide, signal, cancel, retry and rerun. A message is kept until the events that follow are recorded. */
export interface Actors {
  begin(): void;
  /** All events so far are recorded. */
  onFlushed(): void;
  onCrash(): void;
  onRestart(): void;
  /** Nothing more happens without intervention: sends what the run waits for. @returns false when it waits for nothing */
  unblock(): boolean;
}

export function createActors(environment: ActorEnvironment): Actors {
  const { random, newId } = environment;
  let messages: Message[] = [];
  const seenApprovals = new Set<string>();
  let retries = 0;
  let hasRerun = false;

  const deliver = (message: Message) => {
    if (!environment.isUp() || message.state === 'done') return;
    if (environment.hasEnded()) {
      message.state = 'done';
      return;
    }
    message.state = 'sent';
    environment.send(message.input);
    environment.flushLater();
    // Delivered at least once.
    if (random.chance(0.1)) environment.send(message.input);
  };
  const send = (delayMs: number, input: MachineInput) =>
    environment.later(delayMs, () => {
      const message: Message = { input, state: 'waiting' };
      messages.push(message);
      deliver(message);
    });

  const sendSignal = (delayMs: number, name: string) => {
    const id = newId('msg');
    send(delayMs, { type: 'signalled', id, name, payload: id, output: textOutput(id) });
  };
  const decide = (delayMs: number, approvalId: string, approve: boolean) =>
    send(delayMs, { type: 'decided', approvalId, by: ANN, approve, output: textOutput(`${approve}`) });
  const cancel = (delayMs: number) => send(delayMs, { type: 'cancelled', by: ANN, compensate: random.chance(0.6) });

  const decideSome = () => {
    for (const { id } of environment.run.approvals.values()) {
      if (seenApprovals.has(id) || random.chance(0.2)) continue;
      seenApprovals.add(id);
      decide(random.whole(0, 1_000), id, random.chance(0.85));
      if (random.chance(0.2)) decide(random.whole(0, 1_000), id, random.chance(0.5));
    }
  };
  const retry = () => {
    const step = environment.failedSteps()[0];
    if (environment.isUp() && environment.hasEnded() && step !== undefined) {
      environment.resume({ type: 'retried', step });
      environment.flushLater();
    }
  };
  const rerun = () => {
    if (hasRerun || !environment.isUp() || !environment.hasEnded()) return;
    hasRerun = true;
    // They were for the earlier run.
    messages = [];
    environment.rerun();
    environment.flushLater();
  };

  return {
    begin() {
      for (let i = random.whole(0, 3); i > 0; i--) sendSignal(random.whole(0, 800), random.pick(SIGNALS));
      for (let i = random.chance(0.2) ? random.whole(1, 2) : 0; i > 0; i--) cancel(random.whole(0, 600));
    },
    onFlushed() {
      for (const message of messages) if (message.state === 'sent') message.state = 'done';
      decideSome();
      if (!environment.hasEnded()) return;
      if (random.chance(0.15)) environment.later(random.whole(0, 300), rerun);
      if (retries >= 2 || random.chance(0.6)) return;
      retries += 1;
      environment.later(random.whole(0, 300), retry);
    },
    onCrash() {
      for (const message of messages) if (message.state === 'sent') message.state = 'waiting';
    },
    onRestart() {
      for (const message of messages) if (message.state === 'waiting') deliver(message);
    },
    unblock() {
      if (environment.hasEnded()) return false;
      const { steps, approvals } = environment.run;
      const waiting = [...steps.values()].filter(({ kind, state }) => kind === 'SIGNAL' && state === 'WAITING');
      for (const { id } of approvals.values()) decide(0, id, true);
      for (const { input } of waiting) sendSignal(0, (input as { readonly name: string }).name);
      return waiting.length > 0 || approvals.size > 0;
    },
  };
}
