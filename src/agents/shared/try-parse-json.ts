import { parseJson } from '../../core/parse-json.ts';
import type { Json } from '../../lib/json.ts';

const CODE_FENCE = '```';

/** The JSON that an agent's text is; undefined when it is none. */
export function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(withoutFence(text.trim()));
  } catch {
    return undefined;
  }
}

/**
 * Without the block of Markdown around the whole text, as models like to write it. By looking at both ends alone: who
 * writes the text may make it long, and wants a search to take for ever.
 */
function withoutFence(text: string): string {
  const firstLine = text.indexOf('\n');
  if (firstLine < 0 || !text.startsWith(CODE_FENCE) || !text.endsWith(CODE_FENCE)) return text;
  const language = text.slice(CODE_FENCE.length, firstLine).trimEnd();
  return /^[A-Za-z0-9]*$/.test(language) ? text.slice(firstLine + 1, -CODE_FENCE.length) : text;
}
