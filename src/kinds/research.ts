import { Type } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import { Fault } from '../core/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { defineKind } from '../step-kinds/define-step-kind.ts';
import { type Finding, findingsOf } from './research/findings-of.ts';

export const SEARCH_TOOLS = ['drive.search', 'web.search'] as const;
type SearchTool = (typeof SEARCH_TOOLS)[number];

const Query = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S', description: 'Words to look for.' });

const Input = Type.Object({
  query: Type.Optional(Query),
  queries: Type.Optional(Type.Array(Query, { minItems: 1, maxItems: 10, description: 'Each is looked for.' })),
  sources: Type.Optional(
    Type.Array(Type.Enum([...SEARCH_TOOLS]), {
      minItems: 1,
      maxItems: 2,
      description: 'Where to look; in all unless told.',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 20,
      default: 5,
      description: 'Results of each query and source; 5 unless told.',
    }),
  ),
});

interface Gap {
  readonly source: SearchTool;
  readonly query: string;
  readonly code: string;
  readonly message: string;
}

export const research = defineKind({
  kind: 'RESEARCH',
  title: 'Research',
  description:
    'Looks several queries up in the drive and on the web, and gives what was found once each. A source that fails is ' +
    'a gap in the result; only when all fail does the step.',
  input: Input,
  idempotent: true,
  async run({ query, queries = [], sources = SEARCH_TOOLS, limit = 5 }, work) {
    const asked = [...new Set([...(query === undefined ? [] : [query]), ...queries])];
    if (asked.length === 0) throw new Fault('BAD_INPUT', 'Give a query or queries.', { path: ['queries'] });
    const orders = [...new Set(sources)].flatMap((source) => asked.map((one) => ({ source, query: one })));
    const found: Finding[] = [];
    const gaps: Gap[] = [];
    const answered = new Set<string>();
    for (const [done, order] of orders.entries()) {
      work.progress(Math.round((100 * done) / orders.length), `${order.source}: ${order.query}`);
      const outcome = await search(order, limit, work);
      if ('code' in outcome) gaps.push(outcome);
      else {
        found.push(...outcome.findings);
        answered.add(outcome.source);
      }
    }
    if (answered.size === 0) throw allFailed(gaps);
    const findings = onceEach(found);
    work.log('INFO', `${findings.length} findings for ${asked.length} queries, ${gaps.length} gaps.`);
    return { findings, sources: [...answered], gaps } as unknown as JsonObject;
  },
});

async function search(
  { source, query }: Pick<Gap, 'source' | 'query'>,
  limit: number,
  work: AgentSession,
): Promise<Gap | { readonly source: string; readonly findings: readonly Finding[] }> {
  try {
    return await findingsOf(source, query, await work.callTool(source, { query, limit }));
  } catch (error) {
    if (!(error instanceof Fault) || work.signal.aborted) throw error;
    work.log('WARN', `${source} found nothing for ${JSON.stringify(query)}: ${error.message}`);
    return { source, query, code: error.code, message: error.message.slice(0, 500) };
  }
}

/** By URL: the first query that found it has it. */
function onceEach(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ url, source, title }) => {
    const key = url || `${source} ${title}`;
    return !seen.has(key) && seen.add(key);
  });
}

function allFailed(gaps: readonly Gap[]): Fault {
  const codes = new Set(gaps.map(({ code }) => code));
  const [first] = gaps;
  const message = `No source could be searched. ${first?.source}: ${first?.message ?? ''}`;
  const code = codes.size === 1 && codes.has('FORBIDDEN') ? 'FORBIDDEN' : 'UNAVAILABLE';
  return new Fault(code, message.slice(0, 1_000), { details: { gaps } as unknown as JsonObject });
}
