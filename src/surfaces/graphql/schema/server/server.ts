import type { SlotUsage } from '../../../../engine/driver/dispatcher.ts';
import type { EngineLoad } from '../../../../engine/requests/engine.ts';
import { requireUser } from '../../request/caller-scope.ts';
import type { GraphqlApp } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { StepKind, shownKind } from '../steps/step-kind.ts';

const SignInMethod = builder.enumType('SignInMethod', {
  description: 'How people sign in.',
  values: {
    PASSWORD: { description: 'With user name and password: `signIn` returns a token.' },
    TOKEN: { description: 'With a token of an identity provider, whose keys the server reads from `JWKS_URL`.' },
  },
});

const Slots = builder.objectRef<SlotUsage>('Slots').implement({
  description: 'Slots of a node: places for steps that run.',
  fields: (t) => ({
    kind: t.field({
      type: StepKind,
      nullable: true,
      description: 'Kind of the steps. Null for the slots of all kinds together.',
      resolve: ({ kind }, _args, { app }) => (kind === undefined ? null : shownKind(kind, app.kinds)),
    }),
    limit: t.exposeInt('limit', { description: 'How many there are: `MAX_RUNNING`, or `MAX_RUNNING_BY_KIND`.' }),
    used: t.exposeInt('used', { description: 'How many are in use.' }),
  }),
});

const ServerLoad = builder.objectRef<EngineLoad>('ServerLoad').implement({
  description: 'How busy the node is that answers.',
  fields: (t) => ({
    nodes: t.exposeInt('nodes', { description: 'Nodes that are alive, as this one knows.' }),
    queued: t.exposeInt('queued', { description: 'Steps that wait for a slot.' }),
    slots: t.field({
      type: [Slots],
      description: 'Its slots: of all kinds together, then of each kind that is limited separately.',
      extensions: { listSize: 3 },
      resolve: ({ slots }) => [...slots],
    }),
  }),
});

const Server = builder.objectRef<GraphqlApp>('Server').implement({
  description: 'This server.',
  fields: (t) => ({
    signIn: t.field({
      type: SignInMethod,
      description: 'How people sign in.',
      resolve: ({ config }) => (config.auth.issuer.kind === 'jwks' ? 'TOKEN' : 'PASSWORD'),
    }),
    publicUrl: t.string({
      nullable: true,
      description: 'URL under which clients reach it (`PUBLIC_URL`). Null when none is configured.',
      resolve: ({ config }) => config.publicUrl ?? null,
    }),
    load: t.field({
      type: ServerLoad,
      nullable: true,
      description: 'How busy it is. Requires permission for `query:server`.',
      resolve: ({ engine, gate }, _args, ctx) => {
        gate.pass(requireUser(ctx), { action: 'query:server' });
        return engine.load();
      },
    }),
  }),
});

builder.queryField('server', (t) =>
  t.field({
    type: Server,
    description: 'This server: how to sign in, and how busy it is. Requires no token, but for its load.',
    resolve: (_, _args, ctx) => ctx.app,
  }),
);
