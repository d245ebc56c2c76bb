import type { ChainVerification } from '../../core/store-reader.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

type Stored = NonNullable<ChainVerification['checkpoint']>;

export const Checkpoint = builder.objectRef<Stored>('Checkpoint').implement({
  description:
    'A tree of hashes (RFC 6962) over every run that has ended, signed by the server. What it covers cannot be changed later without notice, not even by whoever has the database.',
  fields: (t) => ({
    size: t.exposeInt('size', { description: 'How many ends of runs it covers.' }),
    rootHash: t.expose('rootHash', { type: 'Sha256', description: 'Root of the tree.' }),
    signature: t.expose('signature', { type: 'Base64', description: 'Ed25519 signature of the checkpoint’s text.' }),
    keyId: t.exposeString('keyId', { description: 'The key that it was signed with.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was signed.' }),
  }),
});
