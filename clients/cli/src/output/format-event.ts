import type { EventsSubscription } from '../../../sdk/src/generated/graphql.ts';
import type { OutputForm, Row } from './format-rows.ts';
import { escapeControls, sanitize } from './sanitize.ts';

export type JournalEvent = EventsSubscription['events']['events'][number];

/** An event as one line: time, run, step, type and its other fields; as JSON; or its cursor. */
export function formatEvent(event: JournalEvent, form: OutputForm): string {
  const row = eventRow(event);
  if (form === 'id') return sanitize(row.id);
  if (form !== 'table') return escapeControls(JSON.stringify(row));
  const { id, seq, type, at, runId, step, ...fields } = row;
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const words = [at, runId, step ?? '-', type, ...known.map(([name, value]) => `${name}=${fieldText(value)}`)];
  return sanitize(words.map(String).join(' '));
}

/** Its ID is the cursor. Fields that are aliases in the document have their names in the schema. */
function eventRow({ __typename, cursor, ...event }: JournalEvent): Row {
  const names: Readonly<Record<string, string>> = { stepFrom: 'from', stepTo: 'to' };
  const fields = Object.entries(event).map(([name, value]) => [names[name] ?? name, value]);
  return { id: cursor, ...Object.fromEntries(fields) };
}

/** A value without spaces as it is, otherwise as JSON, so that a line stays one line. */
function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : escapeControls(JSON.stringify(value));
}
