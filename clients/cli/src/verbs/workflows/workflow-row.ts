import type { WorkflowPartsFragment } from '../../../../sdk/src/generated/graphql.ts';

/** A version of a saved workflow as verbs print it: its name is what other verbs take. */
export function workflowRow({ id, name, version, description, createdAt, createdBy }: WorkflowPartsFragment) {
  return { id: name, version, savedAt: createdAt, savedBy: createdBy.username, versionId: id, description };
}
