import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { type Mapping, readJsonValue } from '../../lib/jinja/jinja.ts';
import { renderJinja } from './render-jinja.ts';

export interface RenderTask {
  readonly template: string;
  /** JSON text in UTF-8. */
  readonly data: Uint8Array;
  readonly title: string;
  readonly maxBytes: number;
}

/** The template sees `data`, `title`, and the members of `data` by their names where it is an object. */
export async function run({ template, data, title, maxBytes }: RenderTask): Promise<string> {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(data);
  // Checks the text, and its limits.
  parseJson(text);
  const value = readJsonValue(text);
  const members: Mapping = value instanceof Map ? value : new Map();
  const html = renderJinja(template, new Map([...members, ['data', value], ['title', title]]));
  if (Buffer.byteLength(html) > maxBytes) {
    throw new Fault('RESOURCE_TOO_LARGE', `The page is larger than ${maxBytes} bytes. Render less at once.`);
  }
  return html;
}
