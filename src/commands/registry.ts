import { convertToBase64 } from './convert-to-base64.ts';
import { convertToCsv } from './convert-to-csv.ts';
import { convertToJson } from './convert-to-json.ts';
import { convertToXml } from './convert-to-xml.ts';
import type { AnyCommand } from './definition/define-command.ts';
import { fetch } from './fetch.ts';
import { pipeline } from './pipeline.ts';
import { render } from './render.ts';

/** The commands that come with Signalbox, in the order in which they are listed. */
export const commands: readonly AnyCommand[] = [
  fetch,
  convertToJson,
  convertToXml,
  convertToCsv,
  convertToBase64,
  render,
  pipeline,
];
