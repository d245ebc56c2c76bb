import type { Event as JournalEvent, EventType as Type } from '../../core/event.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { EventType } from './event-type.ts';

export type EventOf<T extends Type> = Extract<JournalEvent, { readonly type: T }>;

const TYPE_NAMES: Record<Type, string> = {
  RUN_CREATED: 'RunCreated',
  RUN_STATE_CHANGED: 'RunStateChanged',
  STEPS_ADDED: 'StepsAdded',
  STEP_STATE_CHANGED: 'StepStateChanged',
  STEP_PROGRESS: 'StepProgress',
  LOG: 'LogLine',
  AGENT_MESSAGE: 'AgentMessage',
  AGENT_DELTA: 'AgentDelta',
  TOOL_CALLED: 'ToolCalled',
  TOOL_RETURNED: 'ToolReturned',
  ARTIFACT_CREATED: 'ArtifactCreated',
  POLICY_DECIDED: 'PolicyDecided',
  APPROVAL_REQUESTED: 'ApprovalRequested',
  APPROVAL_DECIDED: 'ApprovalDecided',
  SIGNAL_RECEIVED: 'SignalReceived',
  NOTIFICATION: 'Notification',
};

const EventRef = builder.interfaceRef<JournalEvent>('Event');

export const Event = EventRef.implement({
  description: 'One fact in the journal. Facts are added, never changed or removed.',
  resolveType: ({ type }) => TYPE_NAMES[type],
  fields: (t) => ({
    cursor: t.field({
      type: 'Cursor',
      description: 'Its place in the journal, for `after`.',
      resolve: ({ position }) => position,
    }),
    seq: t.exposeInt('seq', { description: 'Its place in its run: 1, 2, 3 and so on.' }),
    type: t.expose('type', { type: EventType, description: 'What it tells.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    runId: t.exposeID('runId', { description: 'The run that it belongs to.' }),
    step: t.exposeString('step', { nullable: true, description: 'Key of the step that it is about.' }),
    hash: t.expose('hash', {
      type: 'Sha256',
      description: 'Covers the event and the hash of the one before it in its run.',
    }),
  }),
});
