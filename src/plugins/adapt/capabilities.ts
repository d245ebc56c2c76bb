import type { AnyBackend } from '../../agents/define-backend.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { AnyStepKind } from '../../step-kinds/define-step-kind.ts';
import type { AnyTool } from '../../tools/define-tool.ts';
import type { AnyPluginBackend, AnyPluginStepKind, AnyPluginTool } from '../definition/definitions.ts';
import { type AccessDeps, toPluginContext, toPluginSession } from './access.ts';

/** The tool as the engine calls it. */
export function toTool(tool: AnyPluginTool, deps: AccessDeps): AnyTool {
  const { name, title, description, effect, idempotent, input, output } = tool;
  const urisOf = accessBy(tool.accessedUris?.bind(tool), deps);
  return {
    ...{ name, title, description, effect, input, output },
    ...(idempotent && { idempotent }),
    ...(tool.accessedUris && { accessedUris: urisOf }),
    run: async (args, ctx) => tool.run(args, toPluginContext(ctx, `tool:${name}`, urisOf(args), deps)),
  };
}

/** The kind of step as the engine performs it. */
export function toStepKind(kind: AnyPluginStepKind, deps: AccessDeps): AnyStepKind {
  const { kind: name, title, description, input, idempotent } = kind;
  const urisOf = accessBy(kind.accessedUris?.bind(kind), deps);
  const action = `step:${name.toLowerCase()}`;
  return {
    ...{ kind: name, title, description, input, idempotent },
    ...(kind.effectOf && { effectOf: kind.effectOf.bind(kind) }),
    ...(kind.accessedUris && { accessedUris: urisOf }),
    run: async (args, session) => kind.run(args, toPluginSession(session, action, urisOf(args), deps)),
  };
}

/** The backend as the engine runs its agents. */
export function toBackend(backend: AnyPluginBackend, deps: AccessDeps): AnyBackend {
  const { name, description, config, resumes } = backend;
  const urisOf = accessBy(backend.accessedUris?.bind(backend), deps);
  const action = `agent:${name}`;
  return {
    ...{ name, description, config, resumes },
    requiredAccess: (settings) => urisOf(settings).map((uri) => ({ action, uri })),
    run: async (agent, session) => backend.run(agent, toPluginSession(session, action, urisOf(agent.config), deps)),
  };
}

type UrisOf<Input> = (input: Input) => readonly CanonicalUri[];

function accessBy<Input>(
  accessedUris: ((input: Input) => readonly string[]) | undefined,
  { canonicalize }: AccessDeps,
): UrisOf<Input> {
  return (input) => (accessedUris?.(input) ?? []).map((uri) => canonicalize(uri));
}
