import { artifactUri } from '../../../../lib/artifact-uri.ts';
import { callerScope, requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { parsePageArgs } from '../builder/pagination.ts';
import { ArtifactConnection } from './artifact.ts';

const ArtifactFilter = builder.inputType('ArtifactFilter', {
  description: 'Conditions on artifacts. All that are set must match.',
  fields: (t) => ({
    run: t.id({ description: 'Artifacts of this run.' }),
    text: t.string({ description: 'A part of the name, in upper or lower case: 1 to 256 characters.' }),
    mediaType: t.string({
      description: 'A media type without parameters, such as `image/png`, or all of a family: `image/*`.',
    }),
    since: t.field({ type: 'DateTime', description: 'Stored then or later.' }),
  }),
});

builder.queryField('artifacts', (t) =>
  t.field({
    type: ArtifactConnection,
    description:
      'Artifacts of your runs, or of all runs of your tenant when the policy lets you see those, newest first. Without those that `artifact` would not show you; `totalCount` counts them too. A search by name or media type looks at 10,000 artifacts for a page: `hasNextPage` is true when there may be more.',
    extensions: { cost: 20 },
    args: {
      filter: t.arg({ type: ArtifactFilter, description: 'Which artifacts. Default: all.' }),
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, { filter, ...page }, ctx) => {
      const { gate, reader, resources } = ctx.app;
      const who = requireUser(ctx);
      const { run, text, mediaType, since } = filter ?? {};
      const conditions = {
        ...(run != null && { runId: String(run) }),
        ...(text != null && { text }),
        ...(mediaType != null && { mediaType }),
        ...(since != null && { since }),
      };
      const isVisible = (digest: string) => {
        const uri = resources.canonicalize(artifactUri(digest));
        return gate.preview(who, { action: 'query:artifact', uri }).every(({ effect }) => effect === 'ALLOW');
      };
      return reader.artifactsOf(callerScope(ctx), conditions, parsePageArgs(page), isVisible);
    },
  }),
);
