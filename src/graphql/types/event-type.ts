import type { EventType as Type } from '../../core/event.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

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
