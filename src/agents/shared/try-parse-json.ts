import { parseJson } from '../../core/parse-json.ts';
import type { Json } from '../../lib/json.ts';

const CODE_FENCE = '```';

/** Parses an agent's text as JSON; undefined when it is not JSON. */
export function tryParseJson(text: string): Json | undefined {
  try {
    return parseJson(withoutFence(text.trim()));
  } catch {
    return undefined;
  }
}

/**
 * Removes a Markdown code fence around the whole text, as models often write it. Looks only at both ends, so that a long
 * hostile text cannot make the search slow.
 */
function withoutFence(text: string): string {
  const firstLine = text.indexOf('\n');
  if (firstLine < 0 || !text.startsWith(CODE_FENCE) || !text.endsWith(CODE_FENCE)) return text;
  const language = text.slice(CODE_FENCE.length, firstLine).trimEnd();
  return /^[A-Za-z0-9]*$/.test(language) ? text.slice(firstLine + 1, -CODE_FENCE.length) : text;
}
