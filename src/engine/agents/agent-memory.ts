import type { AgentSession } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { StepResult } from '../../core/resource.ts';
import { wellFormed } from '../../lib/json.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';

/** What an agent is told of its memory, and what one answer adds to it, at most. */
const MAX_READ_BYTES = 32 * 1024;
const MAX_ENTRY_BYTES = 8 * 1024;

/** What is in the memory, the newest part of it. @throws Fault BAD_INPUT for a URI that is none of a memory, FORBIDDEN */
export async function readMemory(deps: AgentStepDeps, work: AgentSession, memoryUri: string): Promise<string> {
  const uri = parseMemoryUri(deps, memoryUri);
  work.authorize('memory:read', uri);
  if (uri.scheme === 'memory') return deps.memories.read(work.user.tenant, uri.path, MAX_READ_BYTES);
  return deps.resources.tail(uri, MAX_READ_BYTES);
}

/** Adds what came of it. @returns the same as was made */
export async function appendMemory(
  deps: AgentStepDeps,
  work: AgentSession,
  {
    uri: memoryUri,
    id,
    goal,
    made,
  }: { readonly uri: string; readonly id: string; readonly goal: string; readonly made: StepResult },
): Promise<StepResult> {
  const uri = parseMemoryUri(deps, memoryUri);
  work.authorize('memory:append', uri);
  const content = await readAll(made);
  const at = deps.clock.now();
  const text = `[${at.toISOString()}] ${goal}\n${truncate(content)}\n`;
  if (uri.scheme === 'memory')
    await deps.memories.append(work.user.tenant, uri.path, { id, text, at, runId: work.runId });
  else await deps.resources.append(uri, text);
  return { mediaType: made.mediaType, content };
}

function parseMemoryUri({ resources }: AgentStepDeps, text: string): CanonicalUri {
  const [, name] = /^memory:([\w.-]{1,128})$/i.exec(text) ?? [];
  if (name !== undefined)
    return { href: `memory:${name}`, scheme: 'memory', host: '', port: '', path: name, query: '' };
  if (/^file:/i.test(text)) return resources.canonicalize(text);
  throw new Fault(
    'BAD_INPUT',
    'A memory is memory:NAME, with up to 128 letters, digits, _ . and -, or the file: URI of a text file.',
    { path: ['agent', 'memoryUri'] },
  );
}

async function readAll({ content }: StepResult): Promise<string | Uint8Array> {
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  if ('file' in content) throw new Error('an agent makes no files');
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function truncate(content: string | Uint8Array): string {
  const text = wellFormed(typeof content === 'string' ? content : Buffer.from(content).toString('utf8'));
  return text.length > MAX_ENTRY_BYTES ? `${text.slice(0, MAX_ENTRY_BYTES).toWellFormed()}…` : text;
}
