import {
  defineCommand,
  Fault,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  ResourceInput,
  resource,
  Type,
} from 'signalbox/plugin';

/** `convertToMarkdown` is a mutation with its own input type, and a command for pipelines and workflows. */
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
