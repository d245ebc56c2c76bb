import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { toPolicyConstraints } from '../../cap/constraints.ts';
import {
  DecisionType,
  type PolicyCheckResponse,
  PolicyCheckResponseSchema,
} from '../../cap/generated/cordum/agent/v1/safety_pb.js';
import type { Decision, PolicyEffect } from '../../core/policy.ts';
import { constraintsOf } from '../../policy/rules/obligation.ts';

const DECISIONS: Readonly<Record<PolicyEffect, DecisionType>> = {
  ALLOW: DecisionType.ALLOW,
  DENY: DecisionType.DENY,
  APPROVE: DecisionType.REQUIRE_HUMAN,
  THROTTLE: DecisionType.THROTTLE,
};

/**
 * The answer to a check.
 * @param effect a THROTTLE rule allows what is within its rate
 */
export function checkResponse(
  decision: Decision,
  effect: PolicyEffect,
  more: MessageInitShape<typeof PolicyCheckResponseSchema> = {},
): PolicyCheckResponse {
  const { rule, snapshot, reason } = decision;
  const constraints = rule && effect !== 'DENY' ? constraintsOf([decision]) : undefined;
  return create(PolicyCheckResponseSchema, {
    decision: effect === 'ALLOW' && constraints ? DecisionType.ALLOW_WITH_CONSTRAINTS : DECISIONS[effect],
    ...(constraints && { constraints: toPolicyConstraints(constraints) }),
    reason,
    policySnapshot: snapshot,
    ruleId: rule?.id ?? '',
    approvalRequired: effect === 'APPROVE',
    ...more,
  });
}
