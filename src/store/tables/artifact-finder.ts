import { Fault } from '../../core/errors.ts';
import type { Scope } from '../../core/principal.ts';
import type { ArtifactRecord } from '../../core/run.ts';
import type { ArtifactFilter, Page, PageArgs } from '../../core/store-reader.ts';
import type { Prisma } from '../connections/transactions.ts';
import { toArtifactRecord } from '../rows/artifact-row.ts';
import { COUNTED_ENTRIES, type Found, type IdRange, idInRange, paginate, toTotalCount } from './paginate.ts';

/** Artifacts of which one page, or one count, looks at the names. */
const WINDOW_ROWS = 1_000;
const MAX_WINDOWS = 10;
const MAX_TEXT_CHARACTERS = 256;
/** An artifact has its id a moment before it is recorded, unless an outage delays that. */
const ID_LEAD_MS = 86_400_000;

/**
 * The list of artifacts of all runs that a scope covers, newest first, from the index of the tenant, of its user or of the run. A name or a
 * media type is compared in windows of that list, of which a page reads ten at most.
 * @throws Fault BAD_INPUT
 */
export function findArtifacts(
  prisma: Pick<Prisma, 'artifact'>,
  { tenant, subject }: Scope,
  filter: ArtifactFilter,
  page: PageArgs,
  isVisible: (digest: string) => boolean,
): Promise<Page<ArtifactRecord>> {
  const { runId, since } = filter;
  const fits = matcherOf(filter);
  const where = {
    ...{ tenant, ...(subject !== undefined && { subject }), ...(runId !== undefined && { runId }) },
    ...(since && { createdAt: { gte: since }, id: { gt: idAt(since.getTime() - ID_LEAD_MS) } }),
  };

  async function* windows(start: IdRange, direction: 'asc' | 'desc') {
    let range = start;
    for (let i = 0; i < MAX_WINDOWS; i += 1) {
      const rows = await prisma.artifact.findMany({
        where: { AND: [where, idInRange(range)] },
        orderBy: { id: direction },
        take: WINDOW_ROWS,
      });
      const last = rows.length === WINDOW_ROWS ? rows.at(-1)?.id : undefined;
      yield { rows: rows.map(toArtifactRecord), last };
      if (last === undefined) return;
      range = { ...range, [direction === 'asc' ? 'above' : 'below']: last };
    }
  }

  return paginate(
    {
      prefix: 'art',
      newestFirst: true,
      find: async (range, direction, count): Promise<Found<ArtifactRecord>> => {
        const entries: ArtifactRecord[] = [];
        let searchedTo: string | undefined;
        for await (const { rows, last } of windows(range, direction)) {
          for (const row of rows) {
            if (fits(row) && isVisible(row.digest)) entries.push(row);
            if (entries.length === count) return { entries };
          }
          searchedTo = last;
        }
        return { entries, ...(searchedTo !== undefined && { searchedTo }) };
      },
      count: async () => {
        if (filter.text === undefined && filter.mediaType === undefined)
          return toTotalCount(await prisma.artifact.count({ where, take: COUNTED_ENTRIES }));
        let counted = 0;
        let isComplete = false;
        for await (const { rows, last } of windows({}, 'desc')) {
          counted += rows.filter(fits).length;
          isComplete = last === undefined;
        }
        return toTotalCount(counted, isComplete);
      },
    },
    page,
  );
}

function matcherOf({ text, mediaType }: ArtifactFilter): (artifact: ArtifactRecord) => boolean {
  if (text !== undefined && (text === '' || text.length > MAX_TEXT_CHARACTERS)) {
    const message = `filter.text must have 1 to ${MAX_TEXT_CHARACTERS} characters.`;
    throw new Fault('BAD_INPUT', message, { path: ['filter', 'text'] });
  }
  if (mediaType !== undefined && !/^[\w.+-]{1,127}\/(?:[\w.+-]{1,127}|\*)$/.test(mediaType)) {
    const message = 'filter.mediaType must be a media type without parameters, such as image/png, or image/*.';
    throw new Fault('BAD_INPUT', message, { path: ['filter', 'mediaType'] });
  }
  const part = text?.toLowerCase();
  const wanted = mediaType?.toLowerCase();
  const family = wanted?.endsWith('/*') ? wanted.slice(0, -1) : undefined;
  return ({ name, mediaType: full }) => {
    const type = full.replace(/\s*;.*$/s, '').toLowerCase();
    if (part !== undefined && !name.toLowerCase().includes(part)) return false;
    return family === undefined ? wanted === undefined || type === wanted : type.startsWith(family);
  };
}

/** The smallest id of a time. */
function idAt(ms: number): string {
  const bounded = Math.max(0, Math.min(ms, 2 ** 48 - 1));
  return `art_${bounded.toString(16).padStart(12, '0')}`;
}
