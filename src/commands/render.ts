import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import type { ResourceInput as Source } from '../core/resource.ts';
import type { Json } from '../lib/json.ts';
import { decodeText } from '../resources/content/decode-text.ts';
import { readJson } from './conversion/read-json.ts';
import { JSON_TYPE, runConversion } from './conversion/run-conversion.ts';
import { asBytes, contentOf, type Held, holdBody, letGo } from './conversion/spooled.ts';
import { type CommandContext, defineCommand, resource } from './definition/define-command.ts';
import { AnyJson, ResourceInput, Uri } from './definition/options.ts';
import type { RenderOrder } from './templates/render-task.ts';

const TEMPLATE_MAX_BYTES = 256 * 1024;
const DATA_MAX_BYTES = 4 * 2 ** 20;
const PAGE_MAX_BYTES = 16 * 2 ** 20;
const TIMEOUT_MS = 5_000;
const TASK = new URL('./templates/render-task.ts', import.meta.url);

export const render = defineCommand({
  name: 'render',
  title: 'Render',
  description:
    'Data as a page of HTML: by a Jinja2 template, which sees it as `data` and by its own names, with everything ' +
    'escaped; or without a template as a table where it is {fields, rows} or a list of objects.',
  effect: 'pure',
  options: Type.Object({
    source: Type.Optional(ResourceInput),
    data: Type.Optional(AnyJson('The data itself, instead of a source.')),
    template: Type.Optional(
      Type.String({ maxLength: TEMPLATE_MAX_BYTES, description: 'The Jinja2 template. Without one: a default page.' }),
    ),
    templateUri: Type.Optional(Uri('Where the template is, instead of its text.')),
    title: Type.Optional(Type.String({ maxLength: 1_000, description: 'Title of the page; `title` in a template.' })),
  }),
  async run({ source, data, template, templateUri, title = 'Data' }, ctx) {
    if (source !== undefined && data !== undefined) throw notBoth('source', 'data');
    if (template !== undefined && templateUri !== undefined) throw notBoth('template', 'templateUri');
    const text = templateUri === undefined ? template : await readTemplate(templateUri, ctx);
    const json = await readData(source, data, ctx);
    try {
      const html = 'text/html; charset=utf-8';
      if (text !== undefined) return resource(html, await renderTemplate(text, json, title, ctx));
      return resource(html, contentOf(await runConversion(json, JSON_TYPE, { to: 'PAGE', title }, ctx)));
    } finally {
      await letGo(json);
    }
  },
});

async function readData(source: Source | undefined, data: Json | undefined, ctx: CommandContext): Promise<Held> {
  if (source !== undefined) return readJson(source, {}, ctx);
  return { bytes: Buffer.from(JSON.stringify(data ?? null)) };
}

async function readTemplate(uri: string, ctx: CommandContext): Promise<string> {
  const body = await ctx.read({ uri });
  const held = await holdBody(body, ctx);
  try {
    const bytes = await asBytes(held, TEMPLATE_MAX_BYTES, 'A template');
    return decodeText(bytes, body.mediaType);
  } finally {
    await letGo(held);
  }
}

/** Always in a worker: a template is a program, and one that does not end is stopped with its thread. */
async function renderTemplate(template: string, json: Held, title: string, ctx: CommandContext): Promise<string> {
  const data = await asBytes(json, DATA_MAX_BYTES, 'Data for a template');
  const order: RenderOrder = { template, data, title, maxBytes: Math.min(ctx.maxBytes, PAGE_MAX_BYTES) };
  return ctx.cpu.run<RenderOrder, string>(TASK, order, { timeoutMs: TIMEOUT_MS, signal: ctx.signal });
}

function notBoth(one: string, other: string): Fault {
  return new Fault('BAD_INPUT', `Give ${one} or ${other}, not both.`, {
    path: [other],
    violations: [{ path: `/${other}`, message: `must not be given together with ${one}` }],
  });
}
