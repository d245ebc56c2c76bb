import type { JsonObject } from '../../lib/json.ts';
import { type DocumentPath, type Locate, pathText } from '../model/problems.ts';

/** A document converted to the native form, with the origins of its parts. */
export interface NativeForm {
  readonly document: JsonObject;
  /** Path in the native form, as text → path in the source. A part that is not listed has the origin of the part around it. */
  readonly origins: ReadonlyMap<string, DocumentPath>;
}

/** Locates parts of the native form in the text of the original form. With an origin for `''`, other parts are where they were. */
export function locateOrigin(origins: ReadonlyMap<string, DocumentPath>, locate: Locate): Locate {
  return (path, key) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const origin = origins.get(pathText(path.slice(0, length)));
      if (origin) return locate([...origin, ...path.slice(length)], key);
    }
    return locate([]);
  };
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
