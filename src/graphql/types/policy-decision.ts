import type { Decision, NearMiss } from '../../core/policy.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { PolicyEffect } from './policy-effect.ts';
import { PolicyNearMiss } from './policy-near-miss.ts';
import { PolicyRule } from './policy-rule.ts';

export const PolicyDecision = builder
  .objectRef<Decision & { readonly nearMisses?: readonly NearMiss[] }>('PolicyDecision')
  .implement({
    description: 'What the policy said to one request, and why.',
    fields: (t) => ({
      effect: t.expose('effect', { type: PolicyEffect, description: 'What it said.' }),
      reason: t.exposeString('reason', { description: 'Why, in a sentence.' }),
      rule: t.expose('rule', {
        type: PolicyRule,
        nullable: true,
        description: 'The rule that decided. Null when none matched, which denies.',
      }),
      action: t.exposeString('action', {
        description:
          'What was to be done: `command:NAME`, `query:NAME`, `workflow:NAME`, `step:KIND` or `mutation:NAME`.',
      }),
      uri: t.field({
        type: 'URI',
        nullable: true,
        description: 'The resource it was to be done with, where there was one; the same as `canonicalUri`.',
        resolve: ({ canonicalUri }) => canonicalUri ?? null,
      }),
      roles: t.exposeStringList('roles', { description: 'The roles of who asked.' }),
      canonicalUri: t.expose('canonicalUri', {
        type: 'URI',
        nullable: true,
        description: 'What the rules were matched against: the URI parsed, checked and normalized.',
      }),
      schemaUri: t.expose('schemaUri', {
        type: 'URI',
        nullable: true,
        description: 'The canonical URI of the JSON Schema, where one was used.',
      }),
      snapshot: t.exposeString('snapshot', {
        description: 'SHA-256 of the policy that decided; changes when the policy does.',
      }),
      nearMisses: t.field({
        type: [PolicyNearMiss],
        description:
          'Rules that came close, closest first. Only `explainPolicy` looks for them; elsewhere it is empty.',
        resolve: ({ nearMisses }) => [...(nearMisses ?? [])],
      }),
    }),
  });
