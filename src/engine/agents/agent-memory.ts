import type { AgentSession } from '../../core/agent-session.ts';
import { type CanonicalUri, namedUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Actor, User } from '../../core/principal.ts';
import type { StepResult } from '../../core/resource.ts';
import { wellFormed } from '../../lib/json.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';

/** Maximum that is read of a memory, and that one answer appends. */
const MAX_READ_BYTES = 32 * 1024;
const MAX_ENTRY_BYTES = 8 * 1024;

/**
 * The newest part of the memory, to which the agent will append, and who wrote it; of a file nobody knows who.
 * @param begins the attempt does not continue after an interruption: only then a quota can refuse it
 * @throws Fault BAD_INPUT unless the URI is that of a memory, FORBIDDEN, THROTTLED when the memories of the principal are full
 */
export async function readMemory(
  deps: AgentStepDeps,
  session: Pick<AgentSession, 'authorize' | 'user'>,
  memoryUri: string,
  begins: boolean,
): Promise<{ readonly text: string; readonly authors: readonly User[] }> {
  const uri = parseMemoryUri(deps, memoryUri);
  session.authorize('memory:read', uri);
  if (uri.scheme !== 'memory') return { text: await deps.resources.tail(uri, MAX_READ_BYTES), authors: [] };
  if (begins) await deps.quotas.admit(session.user, { memoryEntries: 1, memoryBytes: 1 });
  return deps.memories.read(session.user.tenant, uri.path, MAX_READ_BYTES);
}

/** Appends the result, unless the memories are full by now: that is logged, and the result stays. @returns the same result, read */
export async function appendMemory(
  deps: AgentStepDeps,
  session: AgentSession,
  actor: Actor,
  {
    uri: memoryUri,
    id,
    goal,
    made: result,
  }: { readonly uri: string; readonly id: string; readonly goal: string; readonly made: StepResult },
): Promise<StepResult> {
  const uri = parseMemoryUri(deps, memoryUri);
  session.authorize('memory:append', uri);
  const content = await readAll(result);
  const at = deps.clock.now();
  const text = `[${at.toISOString()}] ${goal}\n${truncate(content)}\n`;
  try {
    if (uri.scheme === 'memory') await deps.memories.append(actor, uri.path, { id, text, at, runId: session.runId });
    else await deps.resources.append(uri, text);
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'THROTTLED')) throw error;
    session.log('WARN', `The answer was not appended to ${uri.href}. ${error.message}`);
  }
  return { mediaType: result.mediaType, content };
}

/** The name in a `memory:` URI; undefined for another one. */
export function memoryNameOf(uri: string): string | undefined {
  return /^memory:([\w.-]{1,128})$/i.exec(uri)?.[1];
}

function parseMemoryUri({ resources }: AgentStepDeps, text: string): CanonicalUri {
  const name = memoryNameOf(text);
  if (name !== undefined) return namedUri('memory', name);
  if (/^file:/i.test(text)) return resources.canonicalize(text);
  throw new Fault(
    'BAD_INPUT',
    'A memory is memory:NAME, with at most 128 letters, digits, _ . and -, or the file: URI of a text file.',
    { path: ['agent', 'memoryUri'] },
  );
}

/** All bytes of what an agent answered. */
export async function readAll({ content }: StepResult): Promise<string | Uint8Array> {
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  if ('file' in content) throw new Error('an agent returns no files');
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function truncate(content: string | Uint8Array): string {
  const text = wellFormed(typeof content === 'string' ? content : Buffer.from(content).toString('utf8'));
  return text.length > MAX_ENTRY_BYTES ? `${text.slice(0, MAX_ENTRY_BYTES).toWellFormed()}…` : text;
}
