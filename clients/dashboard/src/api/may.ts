import { MayDocument } from './generated/graphql.ts';
import { useRead } from './query.ts';

/** What pages offer. One request asks for all of them. */
const ACTIONS = [
  'mutation:cancelRun',
  'mutation:retryStep',
  'mutation:rerunFrom',
  'mutation:startRun',
  'mutation:runAgent',
  'mutation:sendSignal',
  'mutation:decideApproval',
  'mutation:saveWorkflow',
  'mutation:deleteWorkflow',
  'mutation:pauseSchedule',
  'mutation:resumeSchedule',
  'mutation:uploadArtifact',
  'mutation:replayDeadLetter',
  'mutation:createWebhook',
  'query:workflows',
  'query:workers',
  'query:deadLetters',
  'query:policyRules',
  'query:explainPolicy',
  'query:webhooks',
  'query:quotas',
  'query:server',
  'account:read',
  'account:write',
  'account:tokens',
] as const;

export type Action = (typeof ACTIONS)[number];

const FIVE_MINUTES = 300_000;

/** Whether you may do it, as the policy says now; `why` is a sentence for a control that is disabled. */
export function useMay(action: Action | undefined): { readonly allowed: boolean; readonly why?: string } {
  const { data } = useRead(
    MayDocument,
    { actions: [...ACTIONS] },
    { enabled: action !== undefined, everyMs: FIVE_MINUTES },
  );
  const decision = action && data?.may.find((candidate) => candidate.action === action);
  // Until it is known, the server decides: it is asked in any case.
  if (decision?.effect !== 'DENY') return { allowed: true };
  const rule = decision.rule ? `Rule ${decision.rule.id}: ` : '';
  return { allowed: false, why: `${rule}${decision.reason}` };
}
