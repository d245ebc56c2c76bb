import type { JsonObject } from '../core/json.ts';
import { WORK_KINDS } from '../core/run.ts';

const WORK: ReadonlySet<string> = new Set(WORK_KINDS.map((kind) => kind.toLowerCase()));

/** The kind of a step or compensation, in lower case: `research` with a `tool` is a step of kind tool. */
export function stepKindOf({ kind, tool }: JsonObject): string {
  return typeof kind === 'string' && WORK.has(kind) && tool !== undefined ? 'tool' : String(kind);
}

/** True for a kind that is made of calls of tools and has an input of its own. */
export function isWorkKind(kind: string): boolean {
  return WORK.has(kind);
}
