import { namedUri } from '../../../../core/canonical-uri.ts';
import { Fault } from '../../../../core/errors.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';

interface MemoryDeletion {
  readonly name: string;
  readonly entries: number;
}

const DeletedMemory = builder.objectRef<MemoryDeletion>('DeletedMemory').implement({
  description: 'What was deleted of a memory.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the memory.' }),
    entries: t.exposeInt('entries', { description: 'Number of deleted entries.' }),
  }),
});

const DeleteMemoryResult = builder.unionType('DeleteMemoryResult', {
  description: 'What was deleted of a memory, or why the request was refused.',
  types: [DeletedMemory, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'DeletedMemory'),
});

const DeleteMemoryInput = builder.inputType('DeleteMemoryInput', {
  description: 'A memory of agents to delete.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name, without `memory:`.' }),
    ofAll: t.boolean({
      defaultValue: false,
      description:
        'Also delete the entries of other users. Requires permission for `override:owner`. Default: only yours.',
    }),
  }),
});

builder.mutationField('deleteMemory', (t) =>
  t.field({
    type: DeleteMemoryResult,
    description:
      'Delete your entries of a memory of agents, `memory:NAME`. They no longer count for your quotas. Requires permission for `mutation:deleteMemory`.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: DeleteMemoryInput, required: true, description: 'The memory to delete.' }) },
    resolve: (_, { input: { name, ofAll } }, ctx) =>
      orRefusal(async () => {
        const { gate, memories } = ctx.app;
        const who = requireUser(ctx);
        if (!/^[\w.-]{1,128}$/.test(name)) {
          const message = 'The name of a memory has at most 128 letters, digits, _ . and -. Write it without memory:.';
          throw new Fault('BAD_INPUT', message, { path: ['input', 'name'] });
        }
        const uri = namedUri('memory', name);
        gate.pass(who, { action: 'mutation:deleteMemory', uri });
        if (ofAll) gate.pass(who, { action: 'override:owner', uri });
        const entries = await memories.remove(who, name, ofAll ?? false);
        if (entries > 0) return { name, entries };
        throw new Fault('NOT_FOUND', `The memory ${name} has no entries${ofAll ? '' : ' of yours'}.`, {
          path: ['input', 'name'],
        });
      }),
  }),
);
