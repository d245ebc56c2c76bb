import type { ListToolsResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import { type AnyCommand, isComposite } from '../../../commands/definition/define-command.ts';
import { resourcesOfOptions } from '../../../commands/definition/resources-of-options.ts';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { McpDeps } from '../protocol/mcp-deps.ts';
import { PAGE_SIZE } from '../protocol/mcp-limits.ts';
import { describeCommand, describeTool, describeWorkflow } from './describe-tool.ts';
import type { ToolNames } from './tool-names.ts';
import type { GetToolVisibility, ToolVisibility } from './tool-visibility.ts';

/** One page: what is built in first, then the saved workflows of the tenant, newest first. */
export type ListTools = (who: SignedIn, cursor: string | undefined) => Promise<ListToolsResult>;

type ListToolsDeps = Pick<McpDeps, 'commands' | 'tools' | 'workflows' | 'policy'>;

interface ToolEntry {
  use(who: SignedIn): ToolVisibility;
  describe(use: ToolVisibility): Tool;
}

/** Whatever the policy lets the caller use at all, so that a model is not offered what it would be refused. */
export function createListTools(
  { commands, tools, workflows, policy }: ListToolsDeps,
  mayUse: GetToolVisibility,
  names: ToolNames,
): ListTools {
  const simple = commands.filter((command) => !isComposite(command));
  const useOf = (command: AnyCommand, who: SignedIn): ToolVisibility => {
    // The policy is asked only about its parts, which depend on its options.
    if (isComposite(command)) return simple.some((one) => useOf(one, who) !== 'never') ? 'perhaps' : 'never';
    return mayUse(who, `command:${command.name}`, resourcesOfOptions(command, {}).resources.length > 0);
  };
  const entries: readonly ToolEntry[] = [
    ...commands.map((command) => {
      const described = describeCommand(command, names.listed(command.name));
      return { use: (who: SignedIn) => useOf(command, who), describe: () => described };
    }),
    ...tools.map((tool) => {
      const name = names.listed(tool.name);
      const [whole, approved] = [describeTool(tool, name, true), describeTool(tool, name, false)];
      return {
        use: (who: SignedIn) => mayUse(who, `tool:${tool.name}`, tool.accessedUris !== undefined),
        describe: (use: ToolVisibility) => (use === 'with approval' ? approved : whole),
      };
    }),
  ];

  const builtIn = (who: SignedIn): Tool[] =>
    entries.flatMap((entry) => {
      const use = entry.use(who);
      return use === 'never' ? [] : [entry.describe(use)];
    });

  const saved = async (who: SignedIn, first: number, after: string | undefined): Promise<ListToolsResult> => {
    // What a workflow takes is part of what it says.
    if (policy.decide({ roles: who.roles, action: 'query:workflows' }).effect !== 'ALLOW') return { tools: [] };
    const page = await workflows.list(who.tenant, { first, ...(after !== undefined && { after }) });
    const usable = page.edges.filter(({ node }) => mayUse(who, `workflow:${node.name}`, false) !== 'never');
    const last = page.edges.at(-1)?.cursor;
    return {
      tools: usable.map(({ node }) => describeWorkflow(node)),
      ...(page.hasNextPage && last !== undefined && { nextCursor: `w:${last}` }),
    };
  };

  return async (who, cursor = 's:0') => {
    const [, kind, place = ''] = /^([sw]):(.{1,1000})$/s.exec(cursor) ?? [];
    if (kind === 'w') return saved(who, PAGE_SIZE, place);
    if (kind !== 's' || !/^\d{1,6}$/.test(place)) throw new Fault('BAD_INPUT', 'This cursor is not one of this list.');
    const all = builtIn(who);
    const end = Number(place) + PAGE_SIZE;
    const here = all.slice(Number(place), end);
    if (end <= all.length) return { tools: here, nextCursor: `s:${end}` };
    // Some clients never ask for a second page, so the first one is filled.
    const more = await saved(who, PAGE_SIZE - here.length, undefined);
    return { ...more, tools: [...here, ...more.tools] };
  };
}
