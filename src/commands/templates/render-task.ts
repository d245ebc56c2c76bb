import { Fault } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { isJsonObject } from '../../lib/json.ts';
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
  const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(data));
  const html = await renderJinja(template, { ...(isJsonObject(value) && value), data: value, title });
  if (Buffer.byteLength(html) > maxBytes) {
    throw new Fault('RESOURCE_TOO_LARGE', `The page is larger than ${maxBytes} bytes. Render less at once.`);
  }
  return html;
}
