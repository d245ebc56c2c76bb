import type { AnyPluginBackend, AnyPluginStepKind, AnyPluginTool, PluginProtocol } from './definitions.ts';

/** What a plugin may bring in addition to commands. */
export interface PluginParts {
  readonly tool: AnyPluginTool;
  readonly kind: AnyPluginStepKind;
  readonly backend: AnyPluginBackend;
  readonly protocol: PluginProtocol;
}

/** By the registry of symbols, so that a plugin may bring its own copy of this module. */
const BRAND = Symbol.for('signalbox.plugin');

/** Marks what a `define` function gave. It checks nothing. */
export function brand<T extends object>(part: keyof PluginParts, definition: T): T {
  return Object.defineProperty(definition, BRAND, { value: part });
}

/** True for what the `define` function of this part gave. */
export function isPart<Part extends keyof PluginParts>(part: Part, value: unknown): value is PluginParts[Part] {
  return typeof value === 'object' && value !== null && BRAND in value && value[BRAND] === part;
}
