import { inWords } from './errors.ts';
import type { VerbGroup } from './verb.ts';

const KEYS = {
  flags: '--key <file...>',
  description: 'files with public keys that are trusted (default: the key in the export)',
} as const;

/** The verbs of the offline verification. They need neither a server nor its settings: clients have them, too. */
export const VERIFY_VERBS: VerbGroup = {
  name: 'verify',
  summary: 'Verifies exports of runs, without a server.',
  byDefault: 'run',
  verbs: [
    {
      name: 'run',
      arguments: '[file]',
      summary:
        'Verifies an export of a run: its chain, its place in the tree, the signature. Reads standard input without a file.',
      options: [KEYS],
      load: async () => inWords((await import('./verify-run.ts')).verifyRunExport),
    },
    {
      name: 'inclusion',
      arguments: '[file]',
      summary: 'Verifies that a signed checkpoint covers the end of an exported run. It needs none of its events.',
      options: [
        { flags: '--checkpoint <file>', description: 'checkpoint that you have kept, such as checkpoints.log' },
        { flags: '--consistency <file>', description: 'proof that leads to a newer --checkpoint' },
        KEYS,
      ],
      load: async () => inWords((await import('./verify-inclusion.ts')).verifyInclusionExport),
    },
    {
      name: 'consistency',
      arguments: '[file]',
      summary:
        'Verifies that a newer checkpoint covers all that an older one does, from a proof (Query.treeConsistency).',
      options: [
        { flags: '--older <file>', description: 'older checkpoint that you have kept (default: that of the proof)' },
        { flags: '--newer <file>', description: 'newer checkpoint that you have kept (default: that of the proof)' },
        KEYS,
      ],
      load: async () => inWords((await import('./verify-consistency.ts')).verifyConsistencyExport),
    },
  ],
};
