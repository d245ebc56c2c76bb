import type { Event, EventType, LogLevel } from '../../core/event.ts';
import type { EventFilter } from '../../core/journal.ts';
import type { Scope } from '../../core/principal.ts';
import { asciiLowerCase } from '../../lib/ascii-case.ts';

const LOG_LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** The part of the journal that one reader sees: its scope and its filter. */
export interface EventView {
  /** Equal for all readers that see the same events. */
  readonly key: string;
  readonly scope: Scope;
  readonly runId: string | undefined;
  readonly types: readonly EventType[] | undefined;
  readonly steps: readonly string[] | undefined;
  readonly workflow: string | undefined;
  /** The levels of the LOG events that match. */
  readonly levels: readonly LogLevel[] | undefined;
  /** What the payload of a LOG event that matches contains, once its ASCII letters are lower case; more events contain it than match. */
  readonly fragment: string | undefined;
  /** Whether the text of a LOG event is one that is looked for; true for other events. */
  hasText(event: Pick<Event, 'type' | 'payload'>): boolean;
  /** @param workflow name of the workflow of the event's run */
  matches(event: Event, workflow: string | undefined): boolean;
}

/** Equal filters have equal keys, whatever the order of their lists. */
export function createEventView(filter: EventFilter, scope: Scope): EventView {
  const { tenant, subject } = scope;
  const { runId, workflow, level } = filter;
  const text = filter.text === undefined ? undefined : asciiLowerCase(filter.text);
  const types = filter.types && [...new Set(filter.types)].sort();
  const steps = filter.steps && [...new Set(filter.steps)].sort();
  const hasText = ({ type, payload }: Pick<Event, 'type' | 'payload'>) =>
    text === undefined || type !== 'LOG' || asciiLowerCase((payload as { text: string }).text).includes(text);
  const levels = level && LOG_LEVELS.slice(LOG_LEVELS.indexOf(level));
  return {
    key: JSON.stringify([tenant, subject, runId, types, steps, workflow, level, text].map((part) => part ?? null)),
    scope,
    runId,
    types,
    steps,
    workflow,
    levels,
    // As canonical JSON has it.
    hasText,
    fragment: text && JSON.stringify(text).slice(1, -1),
    matches: (event, workflowOfRun) =>
      event.tenant === tenant &&
      (subject === undefined || event.subject === subject) &&
      (runId === undefined || event.runId === runId) &&
      (types === undefined || types.includes(event.type)) &&
      (steps === undefined || (event.step !== undefined && steps.includes(event.step))) &&
      (workflow === undefined || workflowOfRun === workflow) &&
      (levels === undefined || event.type !== 'LOG' || levels.includes(event.payload.level)) &&
      hasText(event),
  };
}
