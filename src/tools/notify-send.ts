import { Type } from 'typebox';
import type { LogLevel } from '../core/event.ts';
import { newId } from '../core/ids.ts';
import type { JsonObject } from '../lib/json.ts';
import { defineTool } from './define-tool.ts';
import type { SendWebhook } from './notify/webhook.ts';

const LOG_LEVELS = { info: 'INFO', warn: 'WARN', error: 'ERROR' } as const satisfies Record<string, LogLevel>;

/** @param webhook where notifications go beside the run's events; nowhere unless given */
export const notifySend = (webhook?: SendWebhook) =>
  defineTool({
    name: 'notify.send',
    title: 'Tell people',
    description:
      'Tells whoever watches the run something, as an event of type NOTIFICATION; and, where this server has a webhook, the service behind it.',
    effect: 'external',
    input: Type.Object({
      message: Type.String({ description: 'What is to be told.', minLength: 1, maxLength: 8_000 }),
      level: Type.Optional(
        Type.Union([Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')], {
          description: 'How grave it is.',
          default: 'info',
        }),
      ),
      title: Type.Optional(Type.String({ description: 'A few words that stand before it.', maxLength: 200 })),
      data: Type.Optional(
        Type.Unsafe<JsonObject>({ type: 'object', description: 'Facts for programs; they go to the webhook alone.' }),
      ),
    }),
    output: Type.Object({
      delivered: Type.Union([Type.Literal('event'), Type.Literal('webhook')], {
        description: '"event": to the watchers of the run. "webhook": to them and to the webhook.',
      }),
      id: Type.String({ description: 'Id of the message; the webhook-id of what was sent.' }),
      status: Type.Optional(Type.Integer({ description: 'HTTP status with which the webhook was answered.' })),
    }),
    async run({ message, level = 'info', title, data }, ctx) {
      ctx.notify(LOG_LEVELS[level], title === undefined ? message : `${title}: ${message}`);
      if (!webhook) return { delivered: 'event' as const, id: newId('msg') };
      const { runId: run_id, step } = ctx;
      const told = { run_id, step, level, message, ...(title !== undefined && { title }), ...(data && { data }) };
      const { id, status } = await webhook('notification', told, ctx.signal);
      return { delivered: 'webhook' as const, id, status };
    },
  });
