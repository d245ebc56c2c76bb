import { Fault } from '../../../../core/errors.ts';
import type { SignedIn } from '../../../../core/principal.ts';
import { requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';

interface DriveAccessView {
  readonly connected: boolean;
  readonly url?: string;
}

const DriveAccess = builder.objectRef<DriveAccessView>('DriveAccess').implement({
  description: 'Whether `drive.*` uses the Google Drive of the caller. Otherwise it uses a folder of this server.',
  fields: (t) => ({
    connected: t.exposeBoolean('connected', { description: 'True when it uses the Google Drive of the caller.' }),
    url: t.field({
      type: 'URI',
      nullable: true,
      description:
        'URL that the caller must open in a browser next. Google then returns the input of `finishDriveConnection`. Null when there is nothing to do.',
      resolve: ({ url }) => url ?? null,
    }),
  }),
});

const DriveAccessResult = builder.unionType('DriveAccessResult', {
  description: 'The access, or why the request was refused.',
  types: [DriveAccess, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'DriveAccess'),
});

const FinishDriveConnectionInput = builder.inputType('FinishDriveConnectionInput', {
  description: 'The response of Google, as shown on the page to which the browser returned.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Authorization code.' }),
    state: t.string({
      required: true,
      description: 'State. Valid for ten minutes, and only for the user who started the connection.',
    }),
  }),
});

builder.mutationFields((t) => ({
  beginDriveConnection: t.field({
    type: DriveAccessResult,
    description: 'Start to connect `drive.*` to your own Google Drive.',
    resolve: (_, _args, ctx) =>
      orRefusal(async () => ({ connected: false, ...authorizeDriveConnection('begin', ctx).begin(requireUser(ctx)) })),
  }),
  finishDriveConnection: t.field({
    type: DriveAccessResult,
    description: 'Finish the connection of `drive.*` to your own Google Drive, after consent at Google.',
    args: {
      input: t.arg({ type: FinishDriveConnectionInput, required: true, description: 'The response of Google.' }),
    },
    resolve: (_, { input: { code, state } }, ctx) =>
      orRefusal(async () => {
        await authorizeDriveConnection('finish', ctx).finish(requireUser(ctx), { code, state }, ctx.signal);
        return { connected: true };
      }),
  }),
  disconnectDrive: t.field({
    type: DriveAccessResult,
    description: 'Disconnect your Google Drive: the permission is revoked at Google and deleted here.',
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

/** @throws Fault FORBIDDEN, CONFLICT when this server is not a client of Google */
function authorizeDriveConnection(what: keyof typeof ACTIONS, ctx: Context) {
  const who: SignedIn = requireUser(ctx);
  ctx.app.gate.pass(who, { action: ACTIONS[what] });
  const { connection } = ctx.app.drives;
  if (connection) return connection;
  const message =
    'This server knows no Google Drive: drive.* works with a folder. Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.';
  throw new Fault('CONFLICT', message);
}
