import { Type } from 'typebox';
import { decodeText } from '../resources/content/decode-text.ts';
import { exclusiveOptionsFault, readSourceOrData } from './conversion/read-json.ts';
import { JSON_MEDIA_TYPE, runConversion } from './conversion/run-conversion.ts';
import { release, type Spooled, spoolBody, toBytes, toContent } from './conversion/spooled.ts';
import { type CommandContext, defineCommand, resource } from './definition/define-command.ts';
import { AnyJson, ResourceInput, Uri } from './definition/options.ts';
import type { RenderTask } from './templates/render-task.ts';

const MEDIA_TYPE = 'text/html; charset=utf-8';
const MAX_TEMPLATE_BYTES = 256 * 1024;
const MAX_DATA_BYTES = 4 * 2 ** 20;
const MAX_PAGE_BYTES = 16 * 2 ** 20;
/** CPU time of one template. */
const TIMEOUT_MS = 5_000;
const TASK_URL = new URL('./templates/render-task.ts', import.meta.url);

export const render = defineCommand({
  name: 'render',
  title: 'Render',
  description:
    'Data as a page of HTML: by a Jinja2 template, which sees it as `data` and by its own names, with everything ' +
    'escaped; or without a template as a table where it is {fields, rows} or a list of objects.',
  effect: 'pure',
  mediaType: MEDIA_TYPE,
  options: Type.Object({
    source: Type.Optional(ResourceInput),
    data: Type.Optional(AnyJson('The data itself, instead of a source.')),
    template: Type.Optional(
      Type.String({ maxLength: MAX_TEMPLATE_BYTES, description: 'The Jinja2 template. Without one: a default page.' }),
    ),
    templateUri: Type.Optional(Uri('Where the template is, instead of its text.')),
    title: Type.Optional(Type.String({ maxLength: 1_000, description: 'Title of the page; `title` in a template.' })),
  }),
  async run({ source, data, template, templateUri, title = 'Data' }, ctx) {
    if (template !== undefined && templateUri !== undefined) throw exclusiveOptionsFault('template', 'templateUri');
    const text = templateUri === undefined ? template : await readTemplate(templateUri, ctx);
    const json = await readSourceOrData({ source, data: source === undefined ? (data ?? null) : data }, ctx);
    try {
      if (text !== undefined) return resource(MEDIA_TYPE, await renderTemplate(text, json, title, ctx));
      return resource(MEDIA_TYPE, toContent(await runConversion(json, JSON_MEDIA_TYPE, { to: 'PAGE', title }, ctx)));
    } finally {
      await release(json);
    }
  },
});

async function readTemplate(uri: string, ctx: CommandContext): Promise<string> {
  const body = await ctx.read({ uri });
  const held = await spoolBody(body, ctx);
  try {
    const bytes = await toBytes(held, MAX_TEMPLATE_BYTES, 'A template');
    return decodeText(bytes, body.mediaType);
  } finally {
    await release(held);
  }
}

/** Always in a worker: a template is a program, and one that does not end is stopped with its thread. */
async function renderTemplate(template: string, json: Spooled, title: string, ctx: CommandContext): Promise<string> {
  const data = await toBytes(json, MAX_DATA_BYTES, 'Data for a template');
  const order: RenderTask = { template, data, title, maxBytes: Math.min(ctx.maxBytes, MAX_PAGE_BYTES) };
  return ctx.cpu.run<RenderTask, string>(TASK_URL, order, {
    timeoutMs: TIMEOUT_MS,
    signal: ctx.signal,
    program: template,
  });
}
