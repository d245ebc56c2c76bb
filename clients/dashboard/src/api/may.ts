import { MayDocument, MayOnDocument, type MayQuery } from './generated/graphql.ts';
import { useRead } from './query.ts';

/** What pages offer. One request asks for all of them. */
const ACTIONS = [
  'mutation:cancelRun',
  'mutation:retryStep',
  'mutation:rerunFrom',
  'mutation:runAgent',
  'mutation:sendSignal',
  'mutation:decideApproval',
  'mutation:saveWorkflow',
  'mutation:deleteWorkflow',
  'mutation:pauseSchedule',
  'mutation:resumeSchedule',
  'command:uploadArtifact',
  'mutation:replayDeadLetter',
  'mutation:shareView',
  'mutation:createApiToken',
  'mutation:createWebhook',
  'mutation:deleteWebhook',
  'mutation:enableWebhook',
  'mutation:redeliverWebhook',
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

/** An action, or one that is different for each thing, which is asked with its URI. */
export type Action = (typeof ACTIONS)[number] | `workflow:${string}` | 'worker:drain' | 'worker:revoke';

interface Permission {
  readonly allowed: boolean;
  /** False until the policy has answered, or cannot be asked. */
  readonly isKnown: boolean;
  readonly why?: string;
}

const FIVE_MINUTES = 300_000;

/**
 * Whether you may do it, as the policy says now; `why` is a sentence for a control that is disabled. With a URI, whether you may do it to that:
 * the policy is asked about it only if it does not permit the action everywhere.
 */
export function useMay(action: Action | undefined, uri?: string): Permission {
  const general = useRead(
    MayDocument,
    { actions: [...ACTIONS] },
    { enabled: action !== undefined, everyMs: FIVE_MINUTES },
  );
  const everywhere = action && general.data?.may.find((candidate) => candidate.action === action);
  const isOpen = general.data !== undefined && (everywhere === undefined || everywhere.effect === 'DENY');
  // Of a name with spaces, which the API does not take as a URI, it is not known.
  const isUri = uri !== undefined && !/[\s\p{Cc}]/u.test(uri);
  const specific = useRead(
    MayOnDocument,
    { action: action ?? '', uri: uri ?? '' },
    { enabled: action !== undefined && isUri && isOpen, everyMs: FIVE_MINUTES, keepFormer: false },
  );
  const isBySpecific = uri !== undefined && isOpen;
  const decision: MayQuery['may'][number] | undefined = isBySpecific ? specific.data?.explainPolicy : everywhere;
  const isKnown = !(isBySpecific ? specific : general).isPending;
  // Until it is known, the server decides: it is asked in any case.
  if (decision?.effect !== 'DENY') return { allowed: true, isKnown };
  const rule = decision.rule ? `Rule ${decision.rule.id}: ` : '';
  return { allowed: false, isKnown, why: `${rule}${decision.reason}` };
}
