import type { SavedView as View } from '../../../../core/accounts/saved-views.ts';
import { Fault } from '../../../../core/errors.ts';
import type { SignedIn } from '../../../../core/principal.ts';
import { requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Principal } from './principal.ts';

const MAX_NAME_LENGTH = 100;
const MAX_STATE_LENGTH = 4_000;
/** A path of this server, or a query: a client that opens it leaves neither this origin nor starts a script. */
const STATE = /^(?:\?|\/(?![/\\]))[^\p{C}\s\\]*$/u;

const SavedView = builder.objectRef<View>('SavedView');
SavedView.implement({
  description: 'What somebody looks at often, under a name: the state of the address of a client.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Permanent ID.' }),
    name: t.exposeString('name', { description: 'Its name, unique in your list or in that of the tenant.' }),
    state: t.exposeString('state', { description: 'Path and query, as a client wrote them.' }),
    shared: t.exposeBoolean('isShared', { description: 'All users of the tenant have it.' }),
    savedBy: t.expose('savedBy', { type: Principal, description: 'Who saved it last.' }),
    savedAt: t.expose('savedAt', { type: 'DateTime', description: 'When it was saved last.' }),
  }),
});

const SavedViewResult = builder.unionType('SavedViewResult', {
  description: 'The view, or why the request was refused.',
  types: [SavedView, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'SavedView'),
});

const SaveViewInput = builder.inputType('SaveViewInput', {
  description: 'A view to save, or to replace by its name.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name: 1 to 100 characters.' }),
    state: t.string({
      required: true,
      description: 'Path and query: `/runs?state=FAILED`. Begins with `/` or `?`; at most 4000 characters, no spaces.',
    }),
    shared: t.boolean({ defaultValue: false, description: 'Save it for all users of the tenant. Default: false.' }),
  }),
});

builder.queryField('savedViews', (t) =>
  t.field({
    type: [SavedView],
    description: 'Your saved views, then those that all users of your tenant have, each by name. At most 100 of each.',
    extensions: { cost: 10 },
    resolve: async (_, _args, ctx) => [...(await ctx.app.savedViews.list(requireUser(ctx)))],
  }),
);

builder.mutationFields((t) => ({
  saveView: t.field({
    type: SavedViewResult,
    description:
      'Save a view under a name, or replace the one of that name. A shared one requires permission for `mutation:shareView`, and to replace what another has shared, for `override:owner`. CONFLICT when the list has 100 views.',
    extensions: { cost: 20 },
    args: { input: t.arg({ type: SaveViewInput, required: true, description: 'The view.' }) },
    resolve: (_, { input: { name, state, shared } }, ctx) =>
      orRefusal(async () => {
        const who = requireUser(ctx);
        checkView(name, state);
        const isShared = shared === true;
        if (isShared) authorizeShared(ctx, who, await ctx.app.savedViews.findByName(who, name, true));
        return ctx.app.savedViews.save(who, { name, state, isShared }, ctx.app.clock.now());
      }),
  }),
  deleteView: t.field({
    type: SavedViewResult,
    description:
      'Delete a view of yours; or a shared one, which requires permission for `mutation:shareView`, and for `override:owner` if another has shared it.',
    extensions: { cost: 20 },
    args: { id: t.arg.id({ required: true, description: 'ID of the view.' }) },
    resolve: (_, { id }, ctx) =>
      orRefusal(async () => {
        const who = requireUser(ctx);
        const view = await ctx.app.savedViews.find(who, String(id));
        if (!view) throw new Fault('NOT_FOUND', `You have no saved view ${id}. List them with savedViews.`);
        if (view.isShared) authorizeShared(ctx, who, view);
        await ctx.app.savedViews.remove(who, view.id);
        return view;
      }),
  }),
}));

/** @param former what would be replaced or deleted */
function authorizeShared(ctx: Context, who: SignedIn, former: View | undefined): void {
  ctx.app.gate.pass(who, { action: 'mutation:shareView' });
  if (former && former.savedBy.subject !== who.subject) ctx.app.gate.pass(who, { action: 'override:owner' });
}

/** @throws Fault BAD_INPUT */
function checkView(name: string, state: string): void {
  if (name.length > MAX_NAME_LENGTH || !/^(?! )[^\p{C}]+(?<! )$/u.test(name)) {
    const message = `name must have 1 to ${MAX_NAME_LENGTH} characters, without control characters and outer spaces.`;
    throw new Fault('BAD_INPUT', message, { path: ['input', 'name'] });
  }
  if (state.length <= MAX_STATE_LENGTH && STATE.test(state)) return;
  const message = `state must be a path of this server or a query, such as /runs?state=FAILED, of at most ${MAX_STATE_LENGTH} characters.`;
  throw new Fault('BAD_INPUT', message, { path: ['input', 'state'] });
}
