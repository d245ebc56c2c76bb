import { didYouMean } from '../lib/did-you-mean.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { InputSchema } from './inputs/input-schema.ts';
import type { DocumentPath, Problems } from './model/problems.ts';
import type { WebhookScheme, WebhookTrigger } from './model/workflow-document.ts';

const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,127}$/;
const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
/** The inputs of a run can be read by everybody who may see it. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'webhook-signature',
  'x-hub-signature',
  'x-hub-signature-256',
]);

/** `on: webhook` of a document, whose shape must have been checked; undefined when it has none. */
export function readWebhook(
  { on, name }: { readonly on?: Json; readonly name?: Json },
  inputs: InputSchema,
  problems: Problems,
): WebhookTrigger | undefined {
  if (on !== 'webhook' && !isJsonObject(on)) return undefined;
  const options = on === 'webhook' ? {} : (on.webhook ?? {});
  if (!isJsonObject(options)) return undefined;
  const at: DocumentPath = on === 'webhook' ? ['on'] : ['on', 'webhook'];
  const { scheme = 'standard', secret = defaultSecret(String(name)), body, headers = {} } = options;
  const secrets = (Array.isArray(secret) ? secret : [secret]).map(String);
  for (const one of secrets) {
    if (SECRET_NAME.test(one)) continue;
    const message = `${JSON.stringify(one)} is not the name of a secret. Write NAME for the secret that the server has as SECRET_NAME: capitals, digits and _.`;
    problems.error(message, [...at, 'secret']);
  }
  const checkInput = (input: string, path: DocumentPath) => {
    if (inputs.open || inputs.names.has(input)) return;
    const near = didYouMean(input, inputs.names) || ' Declare it in inputs.';
    problems.error(`${problems.pathText(path)}: the workflow has no input ${JSON.stringify(input)}.${near}`, path);
  };
  if (typeof body === 'string') checkInput(body, [...at, 'body']);
  const entries = isJsonObject(headers) ? Object.entries(headers) : [];
  for (const [input, header] of entries) {
    const path = [...at, 'headers', input];
    checkInput(input, path);
    if (input === body) problems.error(`Input ${input} cannot take both the body and a header.`, path);
    const problem = headerProblem(String(header));
    if (problem !== undefined) problems.error(`${problems.pathText(path)} ${problem}`, path);
  }
  return {
    scheme: scheme as WebhookScheme,
    secrets,
    headers: Object.fromEntries(entries.map(([input, header]) => [input, String(header).toLowerCase()])),
    ...(typeof body === 'string' && { body }),
  };
}

/** The workflow `deploy-site` has the secret WEBHOOK_DEPLOY_SITE. */
function defaultSecret(name: string): string {
  return `WEBHOOK_${name.toUpperCase().replaceAll('-', '_')}`;
}

function headerProblem(header: string): string | undefined {
  if (!HEADER_NAME.test(header)) return 'is not the name of a header. Use letters, digits, _ and -.';
  if (!SECRET_HEADERS.has(header.toLowerCase())) return undefined;
  return `cannot be ${header}: everybody who may see the run could read it. Take another header.`;
}
