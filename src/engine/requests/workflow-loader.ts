import { LRUCache } from 'lru-cache';
import { Fault, type Violation } from '../../core/errors.ts';
import type { Policy } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { WorkflowRecord, Workflows } from '../../core/workflows/workflows.ts';
import type { Json } from '../../lib/json.ts';
import { scopeOf } from '../../policy/visibility.ts';
import type { ConvertedWorkflow, WorkflowForm } from '../../workflow/convert-workflow.ts';
import type { Problem, ReadResult, WorkflowDocument, WorkflowGraph } from '../../workflow/model/workflow-document.ts';
import type { readWorkflow } from '../../workflow/read-workflow.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import { catalogOf } from '../capabilities/catalog-of.ts';
import type { Gate } from '../gate/gate.ts';
import type { WorkflowSource } from './engine.ts';

export interface WorkflowLoaderDeps {
  readonly workflows: Workflows;
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly policy: Policy;
  readonly gate: Gate;
}

/** A document, and the saved version that it is, if any. */
export interface LoadedWorkflow extends ReadResult {
  readonly saved?: WorkflowRecord;
}

/** Reads workflow documents from any source; the same text is parsed once. */
export interface WorkflowLoader {
  /** @throws Fault NOT_FOUND, FORBIDDEN and what reading a resource throws; a document with problems is not a fault */
  read(principal: SignedIn, source: WorkflowSource): Promise<LoadedWorkflow>;
  /** A saved version; it may have problems on this server, of which it need not have had any when it was saved. */
  readSaved(saved: WorkflowRecord): Promise<LoadedWorkflow>;
  /** @throws Fault BAD_INPUT with every problem, and as `read` does */
  readValid(
    principal: SignedIn,
    source: WorkflowSource,
  ): Promise<LoadedWorkflow & { readonly document: WorkflowDocument }>;
  /** The graph of a saved version, even if it has problems. */
  graphOf(saved: WorkflowRecord): Promise<WorkflowGraph>;
  /** @throws as `read` does */
  convert(principal: SignedIn, source: WorkflowSource, form: WorkflowForm): Promise<ConvertedWorkflow>;
}

const MAX_DOCUMENT_BYTES = 1024 * 1024;
const READ_TIMEOUT_MS = 30_000;

export function createWorkflowLoader(deps: WorkflowLoaderDeps): WorkflowLoader {
  const catalog = catalogOf(deps.capabilities);
  const results = new LRUCache<string, ReadResult>({ max: 1_000, maxSize: 16 * MAX_DOCUMENT_BYTES });

  const readText = async (text: string): Promise<ReadResult> => {
    let reading = results.get(text);
    if (!reading) {
      reading = await readSource({ text }, catalog);
      results.set(text, reading, { size: text.length + 1 });
    }
    return reading;
  };

  const readSaved = async (saved: WorkflowRecord) => ({ ...(await readText(saved.yaml)), saved });

  const read = async (principal: SignedIn, source: WorkflowSource): Promise<LoadedWorkflow> => {
    const given = await sourceOf(principal, source);
    if ('saved' in given) return readSaved(given.saved);
    return 'text' in given ? readText(given.text) : readSource(given, catalog);
  };

  /** The text or value that the source names. */
  const sourceOf = async (principal: SignedIn, source: WorkflowSource) => {
    if ('yaml' in source) return { text: source.yaml };
    if ('document' in source) return { document: source.document as Json };
    if ('uri' in source) return { text: await readTextAt(deps, principal, source.uri) };
    const { name, version = 'latest' } = source;
    const saved =
      version === 'latest'
        ? await deps.workflows.find(principal.tenant, name)
        : await deps.workflows.findVersion(principal.tenant, name, version);
    if (saved) return { saved };
    const message =
      version === 'latest'
        ? `There is no workflow ${name}. Save it first, or start it from its text.`
        : `Version ${version} of the workflow ${name} does not exist any more: the workflow was deleted. Save it, then save the workflow that starts it again.`;
    throw new Fault('NOT_FOUND', message, { path: ['source', 'name'] });
  };

  return {
    read,
    readSaved,
    graphOf: async (saved) => (await readSaved(saved)).graph ?? { nodes: [], edges: [] },
    async convert(principal, source, form) {
      const { convertWorkflow } = await import('../../workflow/convert-workflow.ts');
      // Its text is shown.
      if ('name' in source) deps.gate.pass(principal, { action: 'query:workflows' });
      const given = await sourceOf(principal, source);
      return convertWorkflow('saved' in given ? { text: given.saved.yaml } : given, form, catalog);
    },
    async readValid(principal, source) {
      const result = await read(principal, source);
      const { document, problems } = result;
      if (document) return { ...result, document };
      throw invalidWorkflow(problems);
    },
  };
}

/** The parsers, and the engines of schemas and patterns, are loaded for the first document. */
async function readSource(...source: Parameters<typeof readWorkflow>): Promise<ReadResult> {
  return (await import('../../workflow/read-workflow.ts')).readWorkflow(...source);
}

async function readTextAt(
  { resources, gate, policy }: WorkflowLoaderDeps,
  principal: SignedIn,
  uri: string,
): Promise<string> {
  const scope = scopeOf(principal, policy);
  const body = await resources.read(
    { uri },
    {
      signal: AbortSignal.timeout(READ_TIMEOUT_MS),
      maxBytes: MAX_DOCUMENT_BYTES,
      authorize: (uri) => void gate.pass(principal, { action: 'query:resources', uri }),
      // Of artifacts only the caller's: who starts what others wrote would lend them all their permissions.
      ...(scope && { scope: { tenant: principal.tenant, subject: principal.subject } }),
    },
  );
  return body.text();
}

function invalidWorkflow(problems: readonly Problem[]): Fault {
  const errors = problems.filter(({ severity }) => severity === 'ERROR');
  const violations: Violation[] = errors.map(({ step, message, line, column }) => ({
    path: step === undefined ? '' : `/steps/${step}`,
    message: line === undefined ? message : `line ${line}, column ${column ?? 1}: ${message}`,
  }));
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more problems)` : '';
  const message = `The workflow is invalid: ${violations[0]?.message}${more}`;
  return new Fault('BAD_INPUT', message, { path: ['source'], violations });
}
