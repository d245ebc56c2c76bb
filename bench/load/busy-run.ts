import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { StepState } from '../../src/core/states.ts';
import { messageOf } from './measure.ts';

/** The argument of the process, as JSON. */
export interface BusyRunOrder {
  /** Of the PostgreSQL database that the server has, too: the process is one more node. */
  readonly url: string;
  readonly steps: number;
  /** Lines that are there from the beginning. */
  readonly lines: number;
  readonly linesPerSecond: number;
  readonly changesPerSecond: number;
}

/** `end` ends all steps, and the run. */
export type BusyRunCommand = 'load' | 'pause' | 'end' | { readonly burst: number };

/** What the process has written: its first message, and its answer to every command but `load`. */
export interface BusyRunState {
  readonly runId: string;
  /** Key of the step that logs. */
  readonly step: string;
  readonly lines: number;
  readonly changes: number;
  /** By key. */
  readonly states: Readonly<Record<string, StepState>>;
}

export interface BusyRun extends AsyncDisposable {
  /** As of its start. */
  readonly state: BusyRunState;
  /** Starts the load. */
  load(): void;
  /** Stops it; everything that was written is durable. */
  pause(): Promise<BusyRunState>;
  /** Adds lines as fast as the store takes them, without the load. */
  burst(lines: number): Promise<BusyRunState>;
  end(): Promise<BusyRunState>;
}

/** The text of the line with this number, from 0. */
export const lineText = (n: number) =>
  `line-${n} GET /a/path/of/the/service?page=${n} 200 12 ms, served from the cache of the worker`;

/** Every fourth line is a warning. */
export const isWarning = (n: number) => n % 4 === 0;

/** A run in progress that a separate process writes to the journal: an agent may not log as much. */
export async function startBusyRun(order: BusyRunOrder): Promise<BusyRun> {
  const child = fork(join(import.meta.dirname, 'busy-run-child.ts'), [JSON.stringify(order)]);
  const send = (command: BusyRunCommand) => void child.send(command);
  const ask = (command: BusyRunCommand) => {
    const answer = messageOf<BusyRunState>(child);
    send(command);
    return answer;
  };
  return {
    state: await messageOf<BusyRunState>(child),
    load: () => send('load'),
    pause: () => ask('pause'),
    burst: (lines) => ask({ burst: lines }),
    end: () => ask('end'),
    [Symbol.asyncDispose]: async () => void child.kill('SIGKILL'),
  };
}
