import type { JsonObject } from '../../lib/json.ts';
import { type DocumentPath, type Locate, pathText } from '../model/problems.ts';

/** A document brought to the native form, with where its parts come from. */
export interface NativeForm {
  readonly document: JsonObject;
  /** Path in the native form, as text → path in the source. What is not listed comes from what is around it. */
  readonly origins: ReadonlyMap<string, DocumentPath>;
}

/** Finds things of the native form in the text of the form that was given. */
export function locateOrigin(origins: ReadonlyMap<string, DocumentPath>, locate: Locate): Locate {
  return (path, key) => {
    for (let length = path.length; length > 0; length -= 1) {
      const origin = origins.get(pathText(path.slice(0, length)));
      if (origin) return locate([...origin, ...path.slice(length)], key);
    }
    return locate([]);
  };
}

/** What stands for the URI of what a step made. */
export function resourceExpression(key: string): string {
  return `{{ ${stepPath(key)}.resource.uri }}`;
}

export function outputExpression(key: string): string {
  return `{{ ${stepPath(key)}.output }}`;
}

/** What an agent is handed of a step: what it made, decoded. */
export function contentExpression(key: string): string {
  return `{{ ${stepPath(key)}.content }}`;
}

/** A key with a dash would be a subtraction. */
function stepPath(key: string): string {
  return key.includes('-') ? `steps["${key}"]` : `steps.${key}`;
}
