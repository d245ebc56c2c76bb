import { type Static, Type } from 'typebox';
import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';

/** Something that was found. */
export interface Finding {
  readonly query: string;
  /** What was searched, in the tool's own words, such as `offline index`. */
  readonly source: string;
  readonly title: string;
  /** Empty for what has none. */
  readonly url: string;
  readonly snippet: string;
}

const Pages = Type.Object({
  source: Type.String(),
  results: Type.Array(Type.Object({ title: Type.String(), url: Type.String(), snippet: Type.Optional(Type.String()) })),
});

const DriveFiles = Type.Object({
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

const MAX_TITLE = 300;
const MAX_SNIPPET = 1_000;

/** What a search tool gave, in one form. @throws Fault UNAVAILABLE when it gave something else */
export async function findingsOf(
  tool: string,
  query: string,
  answer: Json,
): Promise<{ source: string; findings: readonly Finding[] }> {
  const { Check } = await import('typebox/value');
  if (Check(Pages, answer)) return { source: answer.source, findings: fromPages(query, answer) };
  if (Check(DriveFiles, answer)) return { source: answer.source, findings: fromFiles(query, answer) };
  throw new Fault('UNAVAILABLE', `${tool} answered something else than results.`);
}

function fromPages(query: string, { source, results }: Static<typeof Pages>): readonly Finding[] {
  return results.map(({ title, url, snippet = '' }) => ({
    query,
    source,
    title: title.slice(0, MAX_TITLE),
    url,
    snippet: snippet.slice(0, MAX_SNIPPET),
  }));
}

function fromFiles(query: string, { source, files }: Static<typeof DriveFiles>): readonly Finding[] {
  return files.map(({ id, name, media_type: type, url }) => ({
    query,
    source,
    title: name.slice(0, MAX_TITLE),
    url: url ?? `drive:${encodeURIComponent(id)}`,
    snippet: type ?? '',
  }));
}
