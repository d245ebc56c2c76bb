import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Fault } from '../../core/errors.ts';
import type { Body, SchemaValidator } from '../../core/resource.ts';
import { decodeText } from '../content/decode-text.ts';
import {
  type SchemaDocument,
  shortenUri,
  type ValidationRequest,
  type ValidationResponse,
} from './validation-request.ts';

const MAX_DATA_BYTES = 16 * 2 ** 20;
const MAX_SCHEMA_BYTES = 2 ** 20;
/** The schema and all documents that it refers to. */
const MAX_DOCUMENTS = 32;
/** CPU time of one check. */
const DEFAULT_TIMEOUT_MS = 10_000;
const TASK_URL = new URL('./validation-task.ts', import.meta.url);

/**
 * Checks data against untrusted schemas: they are compiled and run in a worker, which is stopped when it takes too long or
 * too much memory.
 */
export function createSchemaValidator(): SchemaValidator {
  /** The URIs that a schema refers to, by its digest. Only a hint: every document is read each time. */
  const referred = new LRUCache<string, readonly string[]>({ max: 256 });

  return {
    async validate({ json, schemaUri, read, cpu, timeoutMs = DEFAULT_TIMEOUT_MS, signal }) {
      const size = typeof json === 'string' ? Buffer.byteLength(json) : json.byteLength;
      if (size > MAX_DATA_BYTES) {
        const message = `Data of ${size} bytes cannot be checked against a schema: the maximum is ${MAX_DATA_BYTES} bytes. Check less data.`;
        throw new Fault('RESOURCE_TOO_LARGE', message);
      }
      const root = await loadDocument(schemaUri, read);
      const documents = [root];
      const digest = digestOf([root]);
      const hinted = await Promise.allSettled((referred.get(digest) ?? []).map((uri) => loadDocument(uri, read)));
      // A document that cannot be read may no longer be needed. If it is, the worker requests it, and the error is reported.
      for (const hint of hinted) if (hint.status === 'fulfilled') documents.push(hint.value);

      const validate = (firstOnly: boolean) => {
        const request: ValidationRequest = { key: digestOf(documents), documents, json, firstOnly };
        const options = { timeoutMs, signal, program: request.key };
        return cpu.run<ValidationRequest, ValidationResponse>(TASK_URL, request, options);
      };
      for (;;) {
        const answer = await validate(false).catch((error: unknown) => {
          const code = error instanceof Fault ? error.code : undefined;
          // Millions of violations do not fit into the worker. The first one does.
          if (code === 'RESOURCE_TOO_LARGE') return validate(true);
          if (code !== 'TIMEOUT' || signal.aborted) throw error;
          const message = `Checking the data against ${shortenUri(schemaUri)} took more than ${timeoutMs} ms of CPU time.`;
          throw new Fault('TIMEOUT', `${message} Raise timeout_ms of the step, or use a simpler schema or less data.`);
        });
        if (!('missing' in answer)) {
          const [, ...others] = documents;
          referred.set(
            digest,
            others.map(({ uri }) => uri),
          );
          return answer.violations;
        }
        if (documents.length === MAX_DOCUMENTS) {
          const message = `The schema ${shortenUri(schemaUri)} refers to more than ${MAX_DOCUMENTS - 1} other documents. Combine some of them.`;
          throw new Fault('BAD_INPUT', message);
        }
        documents.push(await loadDocument(answer.missing, read));
      }
    },
  };
}

async function loadDocument(uri: string, read: (uri: string) => Promise<Body>): Promise<SchemaDocument> {
  const body = await read(uri);
  // The URI of a `data:` body omits the data, so all `data:` schemas would have the same base.
  const base = body.uri.startsWith('data:') ? uri : body.uri;
  return { uri, base, text: decodeText(await readSchemaBytes(body, uri), body.mediaType) };
}

async function readSchemaBytes(body: Body, uri: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body.stream()) {
    pieces.push(piece);
    size += piece.byteLength;
    if (size > MAX_SCHEMA_BYTES) {
      throw new Fault(
        'RESOURCE_TOO_LARGE',
        `The schema ${shortenUri(uri)} is larger than ${MAX_SCHEMA_BYTES} bytes. Split it with $ref.`,
      );
    }
  }
  return Buffer.concat(pieces);
}

/** Equal for the same documents at the same URIs. */
function digestOf(documents: readonly SchemaDocument[]): string {
  const hash = createHash('sha256');
  for (const { uri, base, text } of documents) hash.update(JSON.stringify([uri, base, text]));
  return hash.digest('hex');
}
