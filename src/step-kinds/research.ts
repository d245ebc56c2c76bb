import { Type } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { defineStepKind } from './define-step-kind.ts';
import { type Finding, toFindings } from './shared/findings.ts';

const SEARCH_TOOLS = ['drive.search', 'web.search'] as const;
type SearchTool = (typeof SEARCH_TOOLS)[number];

const Query = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S', description: 'Words to search for.' });

const Input = Type.Object({
  query: Type.Optional(Query),
  queries: Type.Optional(
    Type.Array(Query, { minItems: 1, maxItems: 10, description: 'Queries, in addition to query. Maximum 10.' }),
  ),
  sources: Type.Optional(
    Type.Array(Type.Enum([...SEARCH_TOOLS]), {
      minItems: 1,
      maxItems: 2,
      description: 'Where to search. Default: all sources.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 20,
      default: 5,
      description: 'Results for each query and source. Maximum 20; default 5.',
    }),
  ),
});

interface Gap {
  readonly source: SearchTool;
  readonly query: string;
  readonly code: string;
  readonly message: string;
}

export const research = defineStepKind({
  kind: 'RESEARCH',
  title: 'Research',
  description:
    'Searches the drive and the web for several queries, and returns the results without duplicates. A source that fails ' +
    'is a gap in the result; the step fails only when all sources fail.',
  input: Input,
  idempotent: true,
  async run({ query, queries = [], sources = SEARCH_TOOLS, limit = 5 }, session) {
    const distinct = [...new Set([...(query === undefined ? [] : [query]), ...queries])];
    if (distinct.length === 0)
      throw new Fault('BAD_INPUT', 'There is nothing to search for. Set query or queries.', { path: ['queries'] });
    const searches = [...new Set(sources)].flatMap((source) => distinct.map((one) => ({ source, query: one })));
    const results: Finding[] = [];
    const gaps: Gap[] = [];
    const answered = new Set<string>();
    for (const [i, request] of searches.entries()) {
      session.progress(Math.round((100 * i) / searches.length), `${request.source}: ${request.query}`);
      const outcome = await search(request, limit, session);
      if ('code' in outcome) gaps.push(outcome);
      else {
        results.push(...outcome.findings);
        answered.add(outcome.source);
      }
    }
    if (answered.size === 0) throw allSourcesFailedFault(gaps);
    const findings = deduplicate(results);
    session.log('INFO', `${findings.length} findings for ${distinct.length} queries, ${gaps.length} gaps.`);
    return { findings, sources: [...answered], gaps } as unknown as JsonObject;
  },
});

async function search(
  { source, query }: Pick<Gap, 'source' | 'query'>,
  limit: number,
  session: AgentSession,
): Promise<Gap | { readonly source: string; readonly findings: readonly Finding[] }> {
  try {
    const found = await toFindings(query, await session.callTool(source, { query, limit }));
    if (found) return found;
    throw new Fault('UNAVAILABLE', `${source} did not return search results.`);
  } catch (error) {
    if (!(error instanceof Fault) || session.signal.aborted) throw error;
    session.log('WARN', `${source} failed for ${JSON.stringify(query)}: ${error.message}`);
    return { source, query, code: error.code, message: error.message.slice(0, 500) };
  }
}

/** By URL; a result belongs to the first query that found it. */
function deduplicate(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ url, source, title }) => {
    const key = url || `${source} ${title}`;
    return !seen.has(key) && seen.add(key);
  });
}

function allSourcesFailedFault(gaps: readonly Gap[]): Fault {
  const codes = new Set(gaps.map(({ code }) => code));
  const [first] = gaps;
  const message = `All sources failed. ${first?.source}: ${first?.message ?? ''}`;
  const code = codes.size === 1 && codes.has('FORBIDDEN') ? 'FORBIDDEN' : 'UNAVAILABLE';
  return new Fault(code, message.slice(0, 1_000), { details: { gaps } as unknown as JsonObject });
}
