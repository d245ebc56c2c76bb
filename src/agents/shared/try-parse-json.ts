import { parseJson } from '../../core/parse-json.ts';
import type { Json } from '../../lib/json.ts';

const CODE_FENCE = '```';

/** Parses an agent's text as JSON; undefined when it is not JSON. Thoughts before it and a fence around it are not part of it. */
export function tryParseJson(text: string): Json | undefined {
  const json = tryParse(text);
  const answer = json === undefined ? withoutThoughts(text) : undefined;
  return answer === undefined ? json : tryParse(answer);
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(withoutFence(text.trim()));
  } catch {
    return undefined;
  }
}

const THOUGHTS_END = /<\/(think|thinking|thought|reasoning)>/;

/**
 * The text after the thoughts of a reasoning model, `<think>…</think>`. A chat template may have written the opening tag, which
 * is missing then. Undefined for a text that does not begin with thoughts.
 */
function withoutThoughts(text: string): string | undefined {
  const end = THOUGHTS_END.exec(text);
  if (!end) return undefined;
  const opening = text.indexOf(`<${end[1]}>`);
  const startsWithThoughts = opening < 0 || opening > end.index || text.slice(0, opening).trim() === '';
  return startsWithThoughts ? text.slice(end.index + end[0].length) : undefined;
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
