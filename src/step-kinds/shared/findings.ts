import { type Static, Type } from 'typebox';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';

/** A search result. */
export interface Finding {
  readonly query: string;
  /** The searched source as the tool names it, such as `offline index`. */
  readonly source: string;
  readonly title: string;
  /** Empty when the result has no URL. */
  readonly url: string;
  readonly snippet: string;
}

const WebSearchResult = Type.Object({
  source: Type.String(),
  results: Type.Array(Type.Object({ title: Type.String(), url: Type.String(), snippet: Type.Optional(Type.String()) })),
});

const DriveSearchResult = Type.Object({
  source: Type.String(),
  files: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      media_type: Type.Optional(Type.String()),
      url: Type.Optional(Type.String()),
    }),
  ),
});

const MAX_TITLE_CHARS = 300;
const MAX_SNIPPET_CHARS = 1_000;

/** Converts the output of a search tool; undefined when it is not a list of results. */
export async function toFindings(
  query: string,
  answer: unknown,
): Promise<{ readonly source: string; readonly findings: readonly Finding[] } | undefined> {
  const { Check } = await import('typebox/value');
  if (Check(WebSearchResult, answer)) return { source: answer.source, findings: fromPages(query, answer) };
  if (Check(DriveSearchResult, answer)) return { source: answer.source, findings: fromFiles(query, answer) };
  return undefined;
}

/** Findings out of a list of findings, outputs of `research`, and outputs of search tools. Anything else is left out. */
export async function readFindings(list: readonly unknown[]): Promise<readonly JsonObject[]> {
  const read = async (one: unknown): Promise<readonly JsonObject[]> => {
    if (!isJsonObject(one as Json)) return [];
    const { findings } = one as JsonObject;
    if (Array.isArray(findings)) return (findings as readonly Json[]).filter(isJsonObject);
    const searched = await toFindings('', one);
    return searched ? (searched.findings as readonly unknown[] as readonly JsonObject[]) : [one as JsonObject];
  };
  return (await Promise.all(list.map(read))).flat();
}

function fromPages(query: string, { source, results }: Static<typeof WebSearchResult>): readonly Finding[] {
  return results.map(({ title, url, snippet = '' }) => ({
    query,
    source,
    title: title.slice(0, MAX_TITLE_CHARS),
    url,
    snippet: snippet.slice(0, MAX_SNIPPET_CHARS),
  }));
}

function fromFiles(query: string, { source, files }: Static<typeof DriveSearchResult>): readonly Finding[] {
  return files.map(({ id, name, media_type: type, url }) => ({
    query,
    source,
    title: name.slice(0, MAX_TITLE_CHARS),
    url: url ?? `drive:${encodeURIComponent(id)}`,
    snippet: type ?? '',
  }));
}
