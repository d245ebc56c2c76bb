/*
 * A custom command
 * ================
 *
 * This file is a plugin: start Signalbox with
 *
 *   SIGNALBOX_PLUGINS=examples/custom-command/convert-to-markdown.ts npm start
 *
 * and `convertToMarkdown` is a mutation like the built-in ones: it has an input type in the GraphQL schema and an entry in
 * `catalog`, works in pipelines, and every use of it is checked by the policy as `command:convertToMarkdown` and recorded
 * as a run.
 *
 *   mutation {
 *     pipeline(input: { steps: [
 *       { command: "convertToJson", options: { source: { uri: "file:///data/products.csv" } } }
 *       { command: "convertToMarkdown", options: { source: "$previous.output", columns: ["name", "price"] } }
 *     ] }) { ... on CommandOutcome { resource { text } } ... on Refusal { code message } }
 *   }
 *
 * Rules for a plugin:
 *
 * - Every export that `defineCommand` made is a command. A file may have several, and helpers as well.
 * - The name is in camelCase and unique. Title, description and a description of each option are required, because people
 *   see them in GraphiQL and in the catalog.
 * - `options` is a TypeBox schema (or a JSON Schema written by hand). `run` receives validated options, defaults included.
 * - `ResourceInput`, `Uri` and `SchemaUri` mark what the command reads, so that the policy can be asked before it runs.
 * - `effect: 'pure'` promises that running it twice does no harm; otherwise say `'external'`.
 * - `run` uses only `ctx`: `ctx.read` to read, `ctx.signal` to stop, `ctx.log` for the run's log, and `ctx.cpu` for work
 *   that would block the server.
 * - For a mistake of the caller, throw a `Fault` whose message says what to do. Any other error counts as a bug of the
 *   command, and the caller receives only a reference to the log.
 */
import { Type } from 'typebox';
import { defineCommand, resource } from '../../src/commands/definition/define-command.ts';
import { ResourceInput } from '../../src/commands/definition/options.ts';
import { Fault } from '../../src/core/errors.ts';
import { parseJson } from '../../src/core/parse-json.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/lib/json.ts';

export const convertToMarkdown = defineCommand({
  name: 'convertToMarkdown',
  title: 'Convert to Markdown',
  description: 'A JSON list of objects, or the {fields, rows} of convertToJson, as a Markdown table.',
  effect: 'pure',
  options: Type.Object({
    source: ResourceInput,
    columns: Type.Optional(Type.Array(Type.String(), { minItems: 1, description: 'The columns and their order.' })),
  }),
  async run({ source, columns }, ctx) {
    const body = await ctx.read(source);
    const data = parseJson(await body.text());
    const rows = rowsOf(data);
    const names = columns ?? columnsOf(data, rows);
    const lines = [names, names.map(() => '---'), ...rows.map((row) => names.map((name) => textOf(row[name])))];
    const table = lines.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`).join('');
    return resource('text/markdown; charset=utf-8', table);
  },
});

function rowsOf(data: Json): readonly JsonObject[] {
  const rows = isJsonObject(data) ? data.rows : data;
  if (Array.isArray(rows) && rows.every(isJsonObject)) return rows;
  throw new Fault(
    'BAD_INPUT',
    'A Markdown table requires a list of objects. Convert other data with convertToJson first.',
  );
}

function columnsOf(data: Json, rows: readonly JsonObject[]): readonly string[] {
  if (isJsonObject(data) && Array.isArray(data.fields)) return data.fields.map(String);
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A cell must be one line, and a bar would end it. */
function escapeCell(text: string): string {
  return text.replaceAll(/[\\|]/g, '\\$&').replaceAll(/\r\n|\r|\n/g, '<br>');
}
