import { isUtf8 } from 'node:buffer';
import type { SignedRequest } from '../../../auth/webhook-signature.ts';
import { Fault } from '../../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { lossyNumberIn, lossyNumberMessage } from '../../../lib/lossy-numbers.ts';
import type { WebhookTrigger } from '../../../workflow/model/workflow-document.ts';

const MAX_NESTING = 64;

/**
 * The inputs of a run from a verified delivery: the members of its JSON body, or the whole body as one input, and the texts of
 * headers. An empty body has no members, and a header that is absent gives no input. @throws Fault BAD_INPUT
 */
export function inputsOfDelivery({ body: input, headers: from }: WebhookTrigger, request: SignedRequest): JsonObject {
  const body = parseBody(request.body);
  const fromHeaders = Object.entries(from).flatMap(([name, header]) => {
    const value = request.headers[header];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { ...membersOf(body, input), ...Object.fromEntries(fromHeaders) };
}

function membersOf(body: Json | undefined, input: string | undefined): JsonObject {
  if (body === undefined) return {};
  if (input !== undefined) return { [input]: body };
  if (isJsonObject(body)) return body;
  const message =
    'The body must be a JSON object, whose members are the inputs; or name an input with `body` in the document.';
  throw new Fault('BAD_INPUT', message);
}

function parseBody(bytes: Uint8Array): Json | undefined {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new Fault('BAD_INPUT', 'The body is not UTF-8. Encode the JSON as UTF-8.');
  const text = Buffer.from(bytes).toString('utf8');
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    throw new Fault('BAD_INPUT', 'The body is not JSON. Let the sender use the content type application/json.');
  }
  if (isTooDeep(body, MAX_NESTING)) {
    throw new Fault('BAD_INPUT', `The body nests deeper than ${MAX_NESTING} levels. Send less.`);
  }
  const lossy = lossyNumberIn(text);
  if (lossy !== undefined) throw new Fault('BAD_INPUT', lossyNumberMessage(lossy));
  return body;
}

function isTooDeep(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner as Json, levels - 1));
}
