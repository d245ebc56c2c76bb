import type { Event as JournalEvent, LogLevel as Level, EventType as Type } from '../../../../core/event.ts';
import { builder } from '../builder/builder.ts';

export const EventType = builder.enumType('EventType', {
  description: 'What an event tells. Each has an object type of its own that implements `Event`.',
  values: {
    RUN_CREATED: { description: '`RunCreated`: a run was accepted.' },
    RUN_STATE_CHANGED: { description: '`RunStateChanged`: a run moved to another state.' },
    STEPS_ADDED: { description: '`StepsAdded`: steps came up on the way.' },
    STEP_STATE_CHANGED: { description: '`StepStateChanged`: a step moved to another state.' },
    STEP_PROGRESS: { description: '`StepProgress`: a step told how far it is.' },
    LOG: { description: '`LogLine`: a step wrote to its log.' },
    AGENT_MESSAGE: { description: '`AgentMessage`: something was said to an agent, or by it.' },
    AGENT_DELTA: { description: '`AgentDelta`: a piece of what an agent is saying.' },
    TOOL_CALLED: { description: '`ToolCalled`: a step called a tool.' },
    TOOL_RETURNED: { description: '`ToolReturned`: the tool gave its result, or failed.' },
    ARTIFACT_CREATED: { description: '`ArtifactCreated`: bytes were stored.' },
    POLICY_DECIDED: { description: '`PolicyDecided`: the policy was asked, and answered.' },
    APPROVAL_REQUESTED: { description: '`ApprovalRequested`: a step waits for a person.' },
    APPROVAL_DECIDED: { description: '`ApprovalDecided`: a person decided, or nobody did in time.' },
    SIGNAL_RECEIVED: { description: '`SignalReceived`: somebody sent the run a signal.' },
    NOTIFICATION: { description: '`Notification`: something that people should know.' },
  } satisfies Record<Type, object>,
});

export const LogLevel = builder.enumType('LogLevel', {
  description: 'How much a log line matters, from DEBUG up to ERROR.',
  values: {
    DEBUG: { description: 'Detail for whoever looks for a cause.' },
    INFO: { description: 'What was done.' },
    WARN: { description: 'It went on, but somebody should look.' },
    ERROR: { description: 'It did not work.' },
  } satisfies Record<Level, object>,
});

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
