import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, type Dispatcher } from 'undici';
import type { Config } from '../../config/config.ts';
import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import { isBusy, S3Refusal, s3NetworkFault } from './s3-fault.ts';

/** Requests at once. None waits for a reader: bodies are read at once, in pieces of limited size. */
const MAX_CONNECTIONS = 128;
const IDLE_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 4;
const RETRY = { baseMs: 100, maxMs: 2_000, random: Math.random };
const MAX_ERROR_BYTES = 65_536;

/** Bytes in memory, or a whole file, which is streamed. */
export type S3Body = Uint8Array | { readonly file: string; readonly size: number };

interface S3Request {
  readonly method: Dispatcher.HttpMethod;
  readonly bucket: string;
  /** Default: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: S3Body;
  /** Of the body, 64 hex digits: S3 verifies it. Required with a file. */
  readonly sha256?: string;
  /** Maximum size of the response. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

interface S3Response {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface S3Client {
  /**
   * One request, signed with SigV4, and repeated if S3 is busy or the connection breaks.
   * @throws S3Refusal for an error that S3 answers; Fault UNAVAILABLE when it cannot be reached or is silent, CANCELLED, TIMEOUT
   */
  request(request: S3Request): Promise<S3Response>;
  close(): Promise<void>;
}

interface S3ClientOptions {
  /** How long S3 may make no progress, in milliseconds. */
  readonly idleTimeoutMs?: number;
}

/**
 * A client of the operator's S3 service, addressed as `ENDPOINT/BUCKET/KEY`. The endpoint is configuration and not the
 * URI of a caller: it may be a private address, and redirects are not followed.
 */
export function createS3Client(
  { endpoint, region, accessKeyId, secretAccessKey }: NonNullable<Config['s3']>,
  { idleTimeoutMs = IDLE_TIMEOUT_MS }: S3ClientOptions = {},
): S3Client {
  const agent = new Agent({
    ...{ allowH2: false, connections: MAX_CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 },
    connect: { timeout: idleTimeoutMs },
  });
  const signing = {
    ...{ accessKeyId, region, service: 's3', cache: new Map<string, ArrayBuffer>() },
    secretAccessKey: Buffer.from(secretAccessKey.reveal()).toString(),
  };

  const send = async (request: S3Request): Promise<S3Response> => {
    const { method, body, sha256 = digestOf(body), maxBytes, signal } = request;
    const headers = { ...request.headers, 'x-amz-content-sha256': sha256 };
    const signed = await new AwsV4Signer({ ...signing, method, url: urlOf(endpoint, request), headers }).sign();
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal && abortFault(signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    const slow = () => stop.abort(new Fault('UNAVAILABLE', 'S3 is too slow, or does not answer. Try again later.'));
    const idle = setTimeout(slow, idleTimeoutMs);
    try {
      if (signal?.aborted) throw abortFault(signal);
      const response = await agent.request({
        origin: signed.url.origin,
        path: signed.url.pathname + signed.url.search,
        method,
        headers: {
          ...Object.fromEntries(signed.headers),
          ...(body && { 'content-length': String(body instanceof Uint8Array ? body.length : body.size) }),
        },
        signal: stop.signal,
        ...(body && { body: body instanceof Uint8Array ? body : streamFile(body.file, () => idle.refresh()) }),
      });
      const limit = response.statusCode < 300 ? maxBytes : MAX_ERROR_BYTES;
      const bytes = await readAll(response.body, limit, () => idle.refresh());
      return { status: response.statusCode, headers: response.headers, body: bytes };
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      clearTimeout(idle);
      signal?.removeEventListener('abort', onAbort);
    }
  };

  return {
    async request(request) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const response = await send(request);
          if (response.status < 300) return response;
          throw new S3Refusal(response.status, codeOf(response));
        } catch (error) {
          const isRefused = error instanceof S3Refusal;
          const isTransient = isRefused ? isBusy(error) : !(error instanceof Fault) && isBroken(error);
          if (!isTransient || attempt === MAX_ATTEMPTS) throw isRefused ? error : s3NetworkFault(error);
        }
        await sleep(backoffDelayMs(attempt, RETRY));
      }
    },
    close: () => agent.destroy(),
  };
}

/** Characters of a key outside RFC 3986's unreserved set are encoded, as SigV4 requires; slashes are not. */
function urlOf(endpoint: string, { bucket, key, query = {} }: S3Request): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const path = [bucket, ...(key === undefined ? [] : key.split('/'))].map(encode).join('/');
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return `${endpoint}/${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

function digestOf(body: S3Body | undefined): string {
  if (body && !(body instanceof Uint8Array)) throw new TypeError('the digest of a file must be known');
  return hash('sha256', body ?? '', 'hex');
}

function streamFile(file: string, onProgress: () => void): Readable {
  const chunks = async function* () {
    for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
      onProgress();
      yield chunk;
    }
  };
  return Readable.from(chunks(), { objectMode: false });
}

async function readAll(body: AsyncIterable<Uint8Array>, maxBytes: number, onProgress: () => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    onProgress();
    size += chunk.length;
    if (size > maxBytes) throw new Fault('UNAVAILABLE', 'S3 sent more than was asked for. Check S3_ENDPOINT.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function codeOf({ status, body }: S3Response): string {
  return /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(body.toString('utf8'))?.[1] ?? `status ${status}`;
}

/** The connection broke, or could not be opened right now. */
function isBroken(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EAI_AGAIN', 'UND_ERR_SOCKET'].includes(code);
}
