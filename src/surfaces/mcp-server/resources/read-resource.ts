import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '../../../core/errors.ts';
import type { Event } from '../../../core/event.ts';
import type { SignedIn } from '../../../core/principal.ts';
import { parseResourceUri } from '../protocol/identifiers.ts';
import { callerScope, type McpDeps } from '../protocol/mcp-deps.ts';
import { MAX_RESOURCE_BYTES } from '../protocol/mcp-limits.ts';
import { readArtifact, textContents } from './read-output.ts';
import { runJson } from './run-json.ts';

const MAX_EVENTS = 1_000;

/** One resource, as far as the caller sees it. @throws Fault NOT_FOUND, FORBIDDEN, RESOURCE_TOO_LARGE */
export async function readResource(deps: McpDeps, who: SignedIn, uri: string): Promise<ReadResourceResult> {
  const named = parseResourceUri(uri);
  if (!named) throw new Fault('NOT_FOUND', 'This resource does not exist. resources/templates/list shows which do.');
  if (named.kind === 'artifact') return { contents: [await artifactContents(deps, who, uri, named.digest)] };
  const scope = callerScope(deps, who);
  const { runId } = named;
  const snapshot = await deps.reader.snapshot(scope, runId);
  if (!snapshot) throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`);
  const value = named.kind === 'run' ? runJson(snapshot) : await firstEvents(deps.reader.eventsOf(scope, runId));
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > MAX_RESOURCE_BYTES) {
    const message = `The run ${runId} is larger than ${MAX_RESOURCE_BYTES} bytes. Read its parts with GraphQL.`;
    throw new Fault('RESOURCE_TOO_LARGE', message);
  }
  return { contents: [{ uri, mimeType: 'application/json', text }] };
}

async function artifactContents(deps: McpDeps, who: SignedIn, uri: string, digest: string) {
  const { bytes, mediaType: mimeType } = await readArtifact(deps, who, digest, MAX_RESOURCE_BYTES);
  const text = textContents(bytes, mimeType);
  if (text) return { uri, ...text };
  return { uri, mimeType, blob: Buffer.from(bytes).toString('base64') };
}

/** As many as fit, with `more` where there are others. */
async function firstEvents(all: AsyncIterable<Event>): Promise<object> {
  const events: object[] = [];
  let bytes = 0;
  for await (const { seq, position, at, type, step, payload, hash } of all) {
    const event = { seq, position, at, type, ...(step !== undefined && { step }), payload, hash };
    bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
    if (events.length === MAX_EVENTS || bytes > MAX_RESOURCE_BYTES - 1_000) return { events, more: true };
    events.push(event);
  }
  return { events, more: false };
}
