import type { ListResourcesResult, ListResourceTemplatesResult, Resource } from '@modelcontextprotocol/sdk/types.js';
import type { SignedIn } from '../../../core/principal.ts';
import type { RunRecord } from '../../../core/run.ts';
import { runUri } from '../protocol/identifiers.ts';
import { callerScope, type McpDeps } from '../protocol/mcp-deps.ts';
import { PAGE_SIZE } from '../protocol/mcp-limits.ts';

/** The runs that the caller sees, newest first. @throws Fault FORBIDDEN; BAD_INPUT for an invalid cursor */
export async function listResources(
  deps: Pick<McpDeps, 'reader' | 'policy'>,
  who: SignedIn,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  const page = { first: PAGE_SIZE, ...(cursor !== undefined && { after: cursor }) };
  const { edges, hasNextPage } = await deps.reader.runs(callerScope(deps, who), {}, page);
  const last = edges.at(-1)?.cursor;
  return {
    resources: edges.map(({ node }) => runResource(node)),
    ...(hasNextPage && last !== undefined && { nextCursor: last }),
  };
}

/** What can be read, by its URI. */
export const resourceTemplates: ListResourceTemplatesResult['resourceTemplates'] = [
  {
    uriTemplate: 'signalbox://runs/{runId}',
    name: 'run',
    title: 'A run',
    description: 'State, inputs, outputs and steps of a run. Can be subscribed to.',
    mimeType: 'application/json',
  },
  {
    uriTemplate: 'signalbox://runs/{runId}/events',
    name: 'run-events',
    title: 'The events of a run',
    description: 'What was recorded of a run, in order; the first 1,000.',
    mimeType: 'application/json',
  },
  {
    uriTemplate: 'artifact:sha256/{digest}',
    name: 'artifact',
    title: 'An artifact',
    description: 'Bytes that a run made or that were uploaded, by the hex digits of their SHA-256; up to 4 MiB.',
  },
];

function runResource({ id, kind, state, workflow, goal, createdAt, finishedAt, startedAt }: RunRecord): Resource {
  return {
    uri: runUri(id),
    name: id,
    title: workflow ?? goal ?? `${kind} ${id}`,
    description: `${kind}, ${state}, of ${createdAt.toISOString()}`,
    mimeType: 'application/json',
    annotations: { lastModified: (finishedAt ?? startedAt ?? createdAt).toISOString() },
  };
}
