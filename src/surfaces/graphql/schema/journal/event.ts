import type { FieldMap } from '@pothos/core';
import {
  EVENT_TYPE_NAMES,
  EVENT_TYPES,
  type Event as JournalEvent,
  type LogLevel as Level,
  type EventType as Type,
} from '../../../../core/event.ts';
import { builder } from '../builder/builder.ts';

export const EventType = builder.enumType('EventType', {
  description: 'What an event reports. Each type has its own object type, which implements `Event`.',
  values: Object.fromEntries(
    EVENT_TYPE_NAMES.map((type) => [
      type,
      { description: `\`${EVENT_TYPES[type].graphqlType}\`: ${EVENT_TYPES[type].description}` },
    ]),
  ) as Record<Type, { readonly description: string }>,
});

export const LogLevel = builder.enumType('LogLevel', {
  description: 'Severity, from DEBUG up to ERROR.',
  values: {
    DEBUG: { description: 'Details for finding a cause.' },
    INFO: { description: 'Normal progress.' },
    WARN: { description: 'Something unexpected, after which the work continued.' },
    ERROR: { description: 'Something failed.' },
  } satisfies Record<Level, object>,
});

type EventOf<T extends Type> = Extract<JournalEvent, { readonly type: T }>;

const EventRef = builder.interfaceRef<JournalEvent>('Event');

export const Event = EventRef.implement({
  description: 'One fact in the journal. Facts are only added, never changed or removed.',
  resolveType: ({ type }) => EVENT_TYPES[type].graphqlType,
  fields: (t) => ({
    cursor: t.field({
      type: 'Cursor',
      description: 'Its position in the journal, for `after`.',
      resolve: ({ position }) => position,
    }),
    seq: t.exposeInt('seq', { description: 'Its position in its run: 1, 2, 3 and so on.' }),
    type: t.expose('type', { type: EventType, description: 'Type of the event.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    runId: t.exposeID('runId', { description: 'ID of the run that it belongs to.' }),
    step: t.exposeString('step', {
      nullable: true,
      description: 'Key of the step that it is about. Null when it is about the whole run.',
    }),
    hash: t.expose('hash', {
      type: 'Sha256',
      description: 'SHA-256 of the event and of the hash of the previous event of the run.',
    }),
  }),
});

type EventFieldBuilder<T extends Type> = PothosSchemaTypes.ObjectFieldBuilder<
  typeof builder.$inferSchemaTypes,
  EventOf<T>
>;

/** Adds the object type of an event type; its name and description are those of `EVENT_TYPES`. */
export function addEventType<T extends Type>(type: T, fields: (t: EventFieldBuilder<T>) => FieldMap): void {
  const { graphqlType, description } = EVENT_TYPES[type];
  builder.objectRef<EventOf<T>>(graphqlType).implement({ description, interfaces: [Event], fields });
}
