import type { Json } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';

/** A block of Markdown around the whole text, as models like to write it. */
const FENCED = /^\s*```[A-Za-z0-9]*[ \t]*\r?\n([\s\S]*?)\r?\n?[ \t]*```\s*$/;

/** The JSON that an agent's text is; undefined when it is none. */
export function jsonOfText(text: string): Json | undefined {
  try {
    return parseJson(FENCED.exec(text)?.[1] ?? text);
  } catch {
    return undefined;
  }
}
