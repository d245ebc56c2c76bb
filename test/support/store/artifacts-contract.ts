import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import type { ArtifactRecord } from '../../../src/core/run.ts';
import type { ArtifactFilter, PageArgs } from '../../../src/core/store-reader.ts';
import { type StoreHarness, useStore } from './harness.ts';
import { artifactCreated, runCreated, user } from './sample-events.ts';

const NAMES = ['report.html', 'Report 2.HTML', 'image.png', '100%_done.txt', 'x'];
const MEDIA_TYPES = ['text/html', 'text/html; charset=utf-8', 'text/plain', 'image/png', 'application/x.y+json'];

/** The list of artifacts of all runs, compared with a plain look at each. */
export function artifactsContract(makeHarness: () => Promise<StoreHarness>): void {
  describe('the list of artifacts', () => {
    const on = useStore(makeHarness);
    const all: (ArtifactRecord & { readonly tenant: string; readonly subject: string })[] = [];
    const runIds: string[] = [];
    beforeAll(async () => {
      for (let i = 0; i < 12; i += 1) {
        const [tenant, subject] = [
          ['north', 'alice'],
          ['north', 'bob'],
          ['south', 'alice'],
        ][i % 3] as [string, string];
        const runId = newId('run');
        runIds.push(runId);
        const events = Array.from({ length: i }, (_, n) => {
          const made = artifactCreated(`${i} ${n}`);
          const payload = {
            ...made.payload,
            name: NAMES[(i + n) % 5] as string,
            mediaType: MEDIA_TYPES[n % 5] as string,
          };
          return { ...made, payload } as typeof made;
        });
        await on.store.journal.append(runId, 1, [runCreated({ principal: user(tenant, subject) }), ...events]);
        const stored = await on.store.reader.artifacts({ tenant }, runId, { first: 100 });
        all.push(...stored.edges.map(({ node }) => ({ ...node, tenant, subject })));
      }
    });

    const matches = ({ runId, text, mediaType, since }: ArtifactFilter, artifact: ArtifactRecord): boolean => {
      const [type = ''] = artifact.mediaType.split(';');
      const [wanted = '', sub] = (mediaType ?? type).split('/');
      return (
        (runId === undefined || artifact.runId === runId) &&
        artifact.name.toLowerCase().includes((text ?? '').toLowerCase()) &&
        (sub === '*' ? type.split('/')[0] === wanted : type === `${wanted}/${sub}`) &&
        (since === undefined || artifact.createdAt >= since)
      );
    };
    const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    const request = fc.record({
      scope: fc.constantFrom(
        ...[{ tenant: 'north' }, { tenant: 'south' }, { tenant: 'north', subject: 'alice' }],
        ...[{ tenant: 'north', subject: 'bob' }, { tenant: 'nowhere' }],
      ),
      run: fc.option(fc.nat(11), { nil: undefined }),
      text: optional(['report', 'RePort', '.', '%_', 'none', ' 2']),
      mediaType: optional(['text/html', 'text/*', 'image/png', 'IMAGE/*', 'video/*']),
      since: fc.option(fc.nat(20), { nil: undefined }),
      size: fc.integer({ min: 1, max: 7 }),
      hidden: fc.nat(3),
      backwards: fc.boolean(),
    });

    it('has what the scope covers, the filter matches and may be seen, page by page, newest first', async () => {
      await fc.assert(
        fc.asyncProperty(request, async ({ scope, run, text, mediaType, since, size, hidden, backwards }) => {
          const filter: ArtifactFilter = {
            ...(run !== undefined && { runId: runIds[run] as string }),
            ...(text !== undefined && { text }),
            ...(mediaType !== undefined && { mediaType: mediaType.toLowerCase() }),
            ...(since !== undefined && { since: all[since]?.createdAt as Date }),
          };
          const isVisible = (digest: string) => hidden === 0 || digest.charCodeAt(0) % 4 !== hidden;
          const covered = all.filter(({ tenant, subject, ...artifact }) => {
            const isCovered = tenant === scope.tenant && (!('subject' in scope) || scope.subject === subject);
            return isCovered && matches(filter, artifact);
          });
          const expected = covered.filter(({ digest }) => isVisible(digest)).map(({ id }) => id);
          const asked = { ...filter, ...(mediaType !== undefined && { mediaType }) };
          const found: string[] = [];
          for (let cursor: string | undefined; ; ) {
            const page: PageArgs = backwards
              ? { last: size, ...(cursor && { before: cursor }) }
              : { first: size, ...(cursor && { after: cursor }) };
            const result = await on.store.reader.artifactsOf(scope, asked, page, isVisible);
            const ids = result.edges.map(({ node }) => node.id);
            if (backwards) found.unshift(...ids);
            else found.push(...ids);
            expect(await result.totalCount()).toEqual({ count: covered.length, isExact: true });
            cursor = backwards ? result.startCursor : result.endCursor;
            if (!(backwards ? result.hasPreviousPage : result.hasNextPage)) break;
          }
          expect(found).toEqual(expected.sort().reverse());
        }),
        { numRuns: 150 },
      );
    });

    it.each([
      [{ text: '' }],
      [{ text: 'x'.repeat(257) }],
      [{ mediaType: 'image' }],
      [{ mediaType: 'text/html; charset=utf-8' }],
      [{ mediaType: '*/*' }],
    ])('refuses %o', async (filter) => {
      const search = async () => on.store.reader.artifactsOf({ tenant: 'north' }, filter, {}, () => true);
      await expect(search()).rejects.toMatchObject({ code: 'BAD_INPUT' });
    });
  });
}
