import type { Writable } from 'node:stream';
import type { LiveEvent } from '../../../sdk/src/live/index.ts';
import { sanitize } from '../output/sanitize.ts';
import { createConnectionNotes } from './connection-notes.ts';
import type { RunView } from './run-view.ts';

/** A line for each event: its time, the step, and what happened. Above them the run, with its state unless the events tell it from the start. */
export function createPlainView(out: Writable, isNew: boolean): RunView {
  let isFirst = true;
  const connection = createConnectionNotes((text) => out.write(`${text}\n`));
  return {
    event: (event) => {
      const text = textOf(event);
      if (text !== undefined) out.write(`${lineOf([event.at, event.step, text])}\n`);
    },
    show: ({ id, workflow, goal, state, error }) => {
      if (isFirst) out.write(`${lineOf([id, workflow ?? goal, ...(isNew ? [] : [state, failureText(error)])])}\n`);
      isFirst = false;
    },
    interrupted: connection.interrupted,
    current: connection.current,
    end() {},
  };
}

const lineOf = (parts: readonly (string | null | undefined)[]) =>
  parts
    .filter(Boolean)
    .map((part) => sanitize(String(part)).replace(/\s+/g, ' ').trim())
    .join('  ');

function textOf(event: LiveEvent): string | undefined {
  switch (event.__typename) {
    case 'RunStateChanged':
      return lineOf([event.to, failureText(event.error)]);
    case 'StepStateChanged':
      return lineOf([event.stepTo, event.attempt > 1 ? `attempt ${event.attempt}` : '', failureText(event.error)]);
    case 'StepProgress':
      return lineOf([event.percent == null ? '' : `${event.percent} %`, event.memo]);
    case 'LogLine':
      return lineOf([event.level === 'WARN' || event.level === 'ERROR' ? event.level : '', event.text]);
    case 'ApprovalRequested':
      return `waits for approval: signalbox approve ${event.approval.id}`;
    case 'ApprovalDecided':
      return event.approval.state.toLowerCase();
    default:
      return undefined;
  }
}

const failureText = (error: { readonly code: string; readonly message: string } | null | undefined) =>
  error ? `${error.code} ${error.message}` : '';
