import { Type } from 'typebox';
import type { LogLevel } from '../core/event.ts';
import { newId } from '../core/ids.ts';
import type { JsonObject } from '../lib/json.ts';
import { defineTool } from './define-tool.ts';
import type { SendWebhook } from './notify/webhook.ts';

const LOG_LEVELS = { info: 'INFO', warn: 'WARN', error: 'ERROR' } as const satisfies Record<string, LogLevel>;

/** @param webhook receives notifications in addition to the events of the run */
export const notifySend = (webhook?: SendWebhook) =>
  defineTool({
    name: 'notify.send',
    title: 'Send a notification',
    description:
      'Notifies the watchers of the run with an event of type NOTIFICATION, and the webhook of this server if there is one.',
    effect: 'external',
    input: Type.Object({
      message: Type.String({ description: 'Text of the notification.', minLength: 1, maxLength: 8_000 }),
      level: Type.Optional(
        Type.Union([Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')], {
          description: 'Severity.',
          default: 'info',
        }),
      ),
      title: Type.Optional(Type.String({ description: 'Short text in front of the message.', maxLength: 200 })),
      data: Type.Optional(
        Type.Unsafe<JsonObject>({ type: 'object', description: 'Data for programs; sent only to the webhook.' }),
      ),
    }),
    output: Type.Object({
      delivered: Type.Union([Type.Literal('event'), Type.Literal('webhook')], {
        description: '"event": sent to the watchers of the run. "webhook": sent to them and to the webhook.',
      }),
      id: Type.String({ description: 'Id of the message; sent to the webhook as webhook-id.' }),
      status: Type.Optional(Type.Integer({ description: 'HTTP status of the webhook receiver.' })),
    }),
    async run({ message, level = 'info', title, data }, ctx) {
      ctx.notify(LOG_LEVELS[level], title === undefined ? message : `${title}: ${message}`);
      if (!webhook) return { delivered: 'event' as const, id: newId('msg') };
      const { runId: run_id, step } = ctx;
      const notification = {
        run_id,
        step,
        level,
        message,
        ...(title !== undefined && { title }),
        ...(data && { data }),
      };
      const { id, status } = await webhook('notification', notification, ctx.signal);
      return { delivered: 'webhook' as const, id, status };
    },
  });
