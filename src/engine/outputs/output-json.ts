import { isUtf8 } from 'node:buffer';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import { type BigJson, parseBigJson, parseJson } from '../../core/parse-json.ts';
import type { StepOutput } from '../../core/run.ts';
import { artifactUri } from '../../lib/artifact-uri.ts';
import type { JsonObject } from '../../lib/json.ts';
import { lossyNumberIn } from '../../lib/lossy-numbers.ts';

/** Larger JSON is not read for expressions; they can pass its URI. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

const parsedOutputs = new WeakMap<StepOutput, BigJson>();

/**
 * An output in expressions: the JSON, which stays in memory for later expressions, or a reference to other content.
 * @throws Fault RESOURCE_TOO_LARGE, BAD_INPUT when it is not JSON
 */
export function outputJson(output: StepOutput | undefined, artifacts: ArtifactStore): BigJson | Promise<BigJson> {
  if (!output) return null;
  if (!isJson(output.mediaType)) return resourceView(output);
  const json = parsedOutputs.get(output);
  if (json !== undefined) return json;
  const parseAndCache = (text: string) => {
    const value = parseBigJson(text);
    parsedOutputs.set(output, value);
    return value;
  };
  const text = jsonTextOf(output, artifacts);
  return typeof text === 'string' ? parseAndCache(text) : text.then(parseAndCache);
}

/** The same as JSON text, with every digit. @throws Fault as `outputJson` does */
export async function outputJsonText(output: StepOutput | undefined, artifacts: ArtifactStore): Promise<string> {
  if (!output) return 'null';
  if (!isJson(output.mediaType)) return JSON.stringify(resourceView(output));
  const text = await jsonTextOf(output, artifacts);
  parseJson(text);
  return text;
}

function jsonTextOf(output: StepOutput, artifacts: ArtifactStore): string | Promise<string> {
  if (output.text !== undefined) return output.text;
  if (output.size > MAX_JSON_BYTES) {
    const message = `${outputUri(output)} has ${output.size} bytes of JSON; an expression can read at most ${MAX_JSON_BYTES}. Pass its URI instead: steps.KEY.resource.uri.`;
    throw new Fault('RESOURCE_TOO_LARGE', message);
  }
  return artifacts.read(output.digest, MAX_JSON_BYTES).then((bytes) => Buffer.from(bytes).toString('utf8'));
}

export function resourceView(output: StepOutput) {
  return { uri: outputUri(output), media_type: output.mediaType, size: output.size };
}

/** Larger outputs are passed by reference only. */
const MAX_CONTENT_BYTES = 64 * 1024;

/**
 * An output for an agent: its reference, and its content as JSON, text or base64 unless it is large. JSON with numbers that
 * lose digits is text.
 */
export async function outputContent(output: StepOutput, artifacts: ArtifactStore): Promise<JsonObject> {
  const reference = resourceView(output);
  if (output.size > MAX_CONTENT_BYTES) return reference;
  const bytes =
    output.text === undefined ? await artifacts.read(output.digest, MAX_CONTENT_BYTES) : Buffer.from(output.text);
  if (!isUtf8(bytes)) return { ...reference, base64: Buffer.from(bytes).toString('base64') };
  const text = Buffer.from(bytes).toString('utf8');
  return { ...reference, ...(isJson(output.mediaType) && !lossyNumberIn(text) ? { json: parseJson(text) } : { text }) };
}

export function outputUri({ digest }: StepOutput): string {
  return artifactUri(digest);
}

function isJson(mediaType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(mediaType);
}
