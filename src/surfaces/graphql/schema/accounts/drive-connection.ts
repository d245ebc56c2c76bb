import { Fault } from '../../../../core/errors.ts';
import type { SignedIn } from '../../../../core/principal.ts';
import { requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';

interface DriveConnectionView {
  readonly connected: boolean;
  readonly url?: string;
}

const DriveConnection = builder.objectRef<DriveConnectionView>('DriveConnection').implement({
  description:
    'Whether `drive.*` works with the caller’s own Google Drive; otherwise it works with a folder of this server.',
  fields: (t) => ({
    connected: t.exposeBoolean('connected', { description: 'True when it does.' }),
    url: t.field({
      type: 'URI',
      nullable: true,
      description: 'Where the caller’s browser has to go next. What comes of it is for `finishDriveConnection`.',
      resolve: ({ url }) => url ?? null,
    }),
  }),
});

const DriveConnectionResult = builder.unionType('DriveConnectionResult', {
  description: 'The connection, or why there is none.',
  types: [DriveConnection, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'DriveConnection'),
});

const FinishDriveConnectionInput = builder.inputType('FinishDriveConnectionInput', {
  description: 'What Google answered, as the page shows it that the browser came back to.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'The code.' }),
    state: t.string({ required: true, description: 'The state. It is good for ten minutes, and only for who began.' }),
  }),
});

builder.mutationFields((t) => ({
  beginDriveConnection: t.field({
    type: DriveConnectionResult,
    description: 'Begin to let `drive.*` work with your own Google Drive.',
    resolve: (_, _args, ctx) =>
      orRefusal(async () => ({ connected: false, ...authorizeDriveConnection('begin', ctx).begin(requireUser(ctx)) })),
  }),
  finishDriveConnection: t.field({
    type: DriveConnectionResult,
    description: 'Let `drive.*` work with your own Google Drive, now that Google has agreed.',
    args: { input: t.arg({ type: FinishDriveConnectionInput, required: true, description: 'What Google answered.' }) },
    resolve: (_, { input: { code, state } }, ctx) =>
      orRefusal(async () => {
        await authorizeDriveConnection('finish', ctx).finish(requireUser(ctx), { code, state }, ctx.signal);
        return { connected: true };
      }),
  }),
  disconnectDrive: t.field({
    type: DriveConnectionResult,
    description: 'Take that back: the permission is revoked at Google, and forgotten here.',
    resolve: (_, _args, ctx) =>
      orRefusal(async () => {
        await authorizeDriveConnection('disconnect', ctx).disconnect(requireUser(ctx), ctx.signal);
        return { connected: false };
      }),
  }),
}));

const ACTIONS = {
  begin: 'mutation:beginDriveConnection',
  finish: 'mutation:finishDriveConnection',
  disconnect: 'mutation:disconnectDrive',
} as const;

/** @throws Fault FORBIDDEN, UNAVAILABLE where this server is no client of Google's */
function authorizeDriveConnection(what: keyof typeof ACTIONS, ctx: Context) {
  const who: SignedIn = requireUser(ctx);
  ctx.app.gate.pass(who, { action: ACTIONS[what] });
  const { connection } = ctx.app.drives;
  if (connection) return connection;
  const message =
    'This server knows no Google Drive: drive.* works with a folder. Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.';
  throw new Fault('UNAVAILABLE', message);
}
