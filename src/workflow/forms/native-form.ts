import type { JsonObject } from '../../lib/json.ts';
import { type DocumentPath, pathText } from '../model/problems.ts';

/** A document converted to the native form, with the origins of its parts. */
export interface NativeForm {
  readonly document: JsonObject;
  /** Path in the native form, as text → path in the source. A part that is not listed has the origin of the part around it. */
  readonly origins: ReadonlyMap<string, DocumentPath>;
}

/**
 * Where a part of the native form is in the source; undefined for one that the source does not have. With an origin for
 * `''`, other parts are where they were.
 */
export function originOf(origins: ReadonlyMap<string, DocumentPath>, path: DocumentPath): DocumentPath | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const origin = origins.get(pathText(path.slice(0, length)));
    if (origin) return [...origin, ...path.slice(length)];
  }
  return undefined;
}

/** The expression for the URI of the output of a step. */
export function resourceExpression(key: string): string {
  return `{{ ${stepPath(key)}.resource.uri }}`;
}

export function outputExpression(key: string): string {
  return `{{ ${stepPath(key)}.output }}`;
}

/** The expression for the decoded output of a step, as agents get it. */
export function contentExpression(key: string): string {
  return `{{ ${stepPath(key)}.content }}`;
}

/** After a dot, a key with a dash would be a subtraction. */
function stepPath(key: string): string {
  return key.includes('-') ? `steps["${key}"]` : `steps.${key}`;
}
