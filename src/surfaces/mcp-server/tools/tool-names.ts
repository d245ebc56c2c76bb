import { createHash } from 'node:crypto';
import type { Workflows } from '../../../core/workflows/workflows.ts';

/**
 * Names of tools as all clients accept them, `[A-Za-z0-9_-]{1,64}`: many refuse a server for one dot. A name is listed in this
 * form, and understood in both. It depends on nothing but the names of commands and tools, so it is the same on every node and
 * for every caller, and no two tools share one.
 */
export interface ToolNames {
  /** The listed name of a command or tool. */
  listed(name: string): string;
  /** The command or tool with this listed name. */
  original(listed: string): string | undefined;
}

/** Names of saved workflows, among the names of tools. */
const WORKFLOW_PREFIX = 'workflow.';
const LISTED_WORKFLOW_PREFIX = 'workflow_';
const MAX_LISTED_CHARS = 64;
const DIGEST_CHARS = 10;
/** What a name ends with that has a digest. */
const DIGEST_END = /-[0-9a-f]{10}$/;
const MAX_PAGES = 100;

/** @param names of commands and tools */
export function createToolNames(names: readonly string[]): ToolNames {
  const plain = names.map(replaceOthers);
  /** A name that is listed unchanged is not taken by another one. */
  const isTaken = (candidate: string, name: string) =>
    candidate.length > MAX_LISTED_CHARS ||
    candidate.startsWith(LISTED_WORKFLOW_PREFIX) ||
    (candidate !== name && names.some((other, at) => other !== name && plain[at] === candidate));
  const listedByName = new Map(
    names.map((name, at) => {
      const candidate = plain[at] ?? name;
      return [name, isTaken(candidate, name) ? withDigest(name) : candidate] as const;
    }),
  );
  const nameByListed = new Map([...listedByName].map(([name, listed]) => [listed, name] as const));
  return {
    listed: (name) => listedByName.get(name) ?? withDigest(name),
    original: (listed) => nameByListed.get(listed),
  };
}

/** The listed name of a saved workflow. */
export function listedWorkflowName(workflow: string): string {
  const listed = LISTED_WORKFLOW_PREFIX + workflow;
  const isPlain = listed.length <= MAX_LISTED_CHARS && replaceOthers(listed) === listed && !DIGEST_END.test(listed);
  return isPlain ? listed : withDigest(WORKFLOW_PREFIX + workflow);
}

/** The saved workflow that a name in either form stands for, if there is one. */
export async function findWorkflowByToolName(
  workflows: Pick<Workflows, 'find' | 'list'>,
  tenant: string,
  name: string,
): Promise<string | undefined> {
  const exists = async (workflow: string) => ((await workflows.find(tenant, workflow)) ? workflow : undefined);
  if (name.startsWith(WORKFLOW_PREFIX)) return exists(name.slice(WORKFLOW_PREFIX.length));
  if (!name.startsWith(LISTED_WORKFLOW_PREFIX)) return undefined;
  if (!DIGEST_END.test(name)) return exists(name.slice(LISTED_WORKFLOW_PREFIX.length));
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { edges, hasNextPage } = await workflows.list(tenant, { first: 100, ...(after !== undefined && { after }) });
    const found = edges.find(({ node }) => listedWorkflowName(node.name) === name);
    if (found || !hasNextPage) return found?.node.name;
    after = edges.at(-1)?.cursor;
  }
  return undefined;
}

function replaceOthers(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_');
}

function withDigest(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_CHARS);
  return `${replaceOthers(name).slice(0, MAX_LISTED_CHARS - DIGEST_CHARS - 1)}-${digest}`;
}
