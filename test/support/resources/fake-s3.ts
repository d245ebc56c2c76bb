import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startWebServer } from '../web-server.ts';
import { verifySigV4 } from './verify-sigv4.ts';

interface StoredObject {
  bytes: Buffer;
  lastModified: Date;
  headers: Record<string, string>;
}

/** What the fake does with a request instead of answering it: an error with that code, silence, or a broken connection. */
type Fault = { readonly status: number; readonly code: string } | 'silence' | 'reset';

interface FakeRequest {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export interface FakeS3 extends AsyncDisposable {
  readonly url: string;
  /** The settings of a server that uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** By `BUCKET/KEY`. */
  readonly objects: Map<string, StoredObject>;
  readonly buckets: Set<string>;
  /** `METHOD BUCKET/KEY` of each request that was signed correctly, in order. */
  readonly requests: string[];
  /** Asked before each request is carried out. Default: none fails. */
  fault: (request: FakeRequest) => Fault | undefined | Promise<Fault | undefined>;
  close(): Promise<void>;
}

const REGION = 'eu-central-1';
const MAX_PAGE = 1_000;

/**
 * A fake of S3, in memory: the objects of buckets over HTTP, addressed by path, as far as Signalbox uses them. It is strict where
 * S3 is: it verifies every signature and the digest of every body.
 */
export async function startFakeS3(): Promise<FakeS3> {
  const credentials = { accessKeyId: 'key-of-tests', secretAccessKey: randomUUID(), region: REGION };
  const server = await startWebServer((req, res) => void answer(req, res));
  const fake: FakeS3 = {
    url: server.url,
    env: {
      S3_ENDPOINT: server.url,
      S3_REGION: REGION,
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    objects: new Map(),
    buckets: new Set(['bucket']),
    requests: [],
    fault: () => undefined,
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<unknown> {
    const target = req.url ?? '';
    const headers = req.headers as Record<string, string | undefined>;
    const [path = '', search = ''] = target.split('?');
    const place = decodeURIComponent(path.slice(1));
    const slash = place.indexOf('/');
    const bucket = slash < 0 ? place : place.slice(0, slash);
    const request = { method: req.method ?? '', key: place, query: new URLSearchParams(search) };
    const code = verifySigV4({ method: request.method, target, headers }, credentials, new Date());
    if (code) return refuse(res, code === 'AuthorizationHeaderMalformed' ? 400 : 403, code);
    fake.requests.push(`${request.method} ${place}`);
    const fault = await fake.fault(request);
    if (fault === 'silence') return undefined;
    if (fault === 'reset') return req.socket.destroy();
    if (fault) return refuse(res, fault.status, fault.code);
    if (!fake.buckets.has(bucket)) return refuse(res, 404, 'NoSuchBucket');
    if (slash < 0) return list(res, bucket, request.query);
    if (req.method === 'PUT') return await put(req, res, place);
    if (req.method === 'GET') return get(req, res, place);
    if (req.method !== 'DELETE') return refuse(res, 405, 'MethodNotAllowed');
    fake.objects.delete(place);
    return res.writeHead(204).end();
  }

  async function put(req: IncomingMessage, res: ServerResponse, place: string): Promise<unknown> {
    const bytes = await buffer(req);
    if (createHash('sha256').update(bytes).digest('hex') !== req.headers['x-amz-content-sha256'])
      return refuse(res, 400, 'XAmzContentSHA256Mismatch');
    // As in S3, times have no fraction.
    const lastModified = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    fake.objects.set(place, { bytes, lastModified, headers: {} });
    return res.writeHead(200, { etag: etagOf(bytes) }).end();
  }

  function get(req: IncomingMessage, res: ServerResponse, place: string): unknown {
    const object = fake.objects.get(place);
    if (!object) return refuse(res, 404, 'NoSuchKey');
    const { bytes } = object;
    const etag = etagOf(bytes);
    if (req.headers['if-match'] !== undefined && req.headers['if-match'] !== etag)
      return refuse(res, 412, 'PreconditionFailed');
    const headers = { etag, 'content-type': 'binary/octet-stream', ...object.headers };
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
    if (first === undefined) return res.writeHead(200, headers).end(bytes);
    const [start, end] = [Number(first), Math.min(Number(last), bytes.length - 1)];
    if (start >= bytes.length) return refuse(res, 416, 'InvalidRange');
    const range = `bytes ${start}-${end}/${bytes.length}`;
    return res.writeHead(206, { ...headers, 'content-range': range }).end(bytes.subarray(start, end + 1));
  }

  function list(res: ServerResponse, bucket: string, query: URLSearchParams): void {
    const prefix = `${bucket}/${query.get('prefix') ?? ''}`;
    const from = query.get('continuation-token') ?? '';
    const max = Math.min(Number(query.get('max-keys') ?? MAX_PAGE), MAX_PAGE);
    const places = [...fake.objects.keys()].filter((place) => place.startsWith(prefix) && place > from).sort();
    const page = places.slice(0, max);
    const contents = page.map((place) => {
      const { bytes, lastModified } = fake.objects.get(place) as StoredObject;
      const key = encodeURIComponent(place.slice(bucket.length + 1)).replaceAll('%2F', '/');
      return `<Contents><Key>${key}</Key><LastModified>${lastModified.toISOString()}</LastModified><Size>${bytes.length}</Size></Contents>`;
    });
    const next = places.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    res.writeHead(200, { 'content-type': 'application/xml' });
    res.end(
      `<?xml version="1.0"?><ListBucketResult><Name>${bucket}</Name>${next}${contents.join('')}</ListBucketResult>`,
    );
  }

  return fake;
}

/** The rest of the request is read, so that the answer arrives. */
function refuse(res: ServerResponse, status: number, code: string): void {
  res.req.resume();
  res.writeHead(status, { 'content-type': 'application/xml' });
  res.end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
