import { randomBytes } from 'node:crypto';
import { parseGoogleQuery } from './google-query.ts';

/** A file of the account. */
export interface FakeGoogleFile {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly modifiedTime: string;
  readonly parents: readonly string[];
  readonly bytes: Buffer;
}

export interface FilesRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface FilesAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readonly<Record<string, unknown>>;
}

interface Session {
  readonly metadata: Metadata;
  readonly size: number;
  got: Buffer;
}

type Metadata = {
  readonly id?: string;
  readonly name: string;
  readonly mimeType?: string;
  readonly parents?: readonly string[];
};

const GOOGLE_TYPE_PREFIX = 'application/vnd.google-apps.';
const UNIT_BYTES = 256 * 1024;

/** An error response of Google. */
export function googleError(status: number, reason: string): FilesAnswer {
  return {
    status,
    body: { error: { code: status, message: 'No.', errors: [{ domain: 'global', reason, message: 'No.' }] } },
  };
}

/** A fake of the Drive v3 REST API for one account: list with its query language, get, export, both uploads. */
export function createFakeGoogleFiles(uploadUrl: () => string) {
  const files = new Map<string, FakeGoogleFile>();
  const sessions = new Map<string, Session>();
  const announced = new Set<string>();
  const settings = { mostOnPage: 1_000 };

  const add = (
    { id = randomBytes(12).toString('base64url'), name, mimeType, parents = ['root'] }: Metadata,
    bytes: Buffer,
  ) => {
    const modifiedTime = new Date().toISOString();
    const file = { id, name, mimeType: mimeType ?? 'application/octet-stream', modifiedTime, parents, bytes };
    files.set(id, file);
    return file;
  };
  const resource = ({ bytes, parents: _, ...file }: FakeGoogleFile) => ({
    ...file,
    ...(!file.mimeType.startsWith(GOOGLE_TYPE_PREFIX) && { size: String(bytes.length) }),
    webViewLink: `https://drive.google.com/file/d/${file.id}/view`,
  });
  const list = (query: URLSearchParams): FilesAnswer => {
    if (query.has('orderBy') && query.get('q')?.includes('fullText')) return googleError(403, 'forbidden');
    let fits: ReturnType<typeof parseGoogleQuery>;
    try {
      fits = parseGoogleQuery(query.get('q') ?? '');
    } catch {
      return googleError(400, 'invalid');
    }
    const found = [...files.values()].filter((file) => fits({ name: file.name, text: file.bytes.toString() }));
    const from = Number(query.get('pageToken') ?? 0);
    const to = from + Math.min(Number(query.get('pageSize') ?? 100), settings.mostOnPage);
    const more = to < found.length && { nextPageToken: String(to) };
    return { status: 200, body: { files: found.slice(from, to).map(resource), ...more } };
  };
  /** The checks of Google before it accepts bytes. */
  const refusal = ({ id, parents }: Metadata): FilesAnswer | undefined => {
    if (id !== undefined && files.has(id)) return googleError(409, 'fileIdInUse');
    if (id !== undefined && !announced.has(id)) return googleError(400, 'invalid');
    if (parents?.some((parent) => !files.has(parent))) return googleError(404, 'notFound');
    return undefined;
  };
  const multipart = ({ headers, body }: FilesRequest): FilesAnswer => {
    const [, boundary = ''] = /^multipart\/related; boundary=(\S+)$/.exec(String(headers['content-type'])) ?? [];
    const text = body.toString('latin1');
    const [, json = '', bytes = ''] = text
      .split(`--${boundary}`)
      .map((part) => part.replace(/^\r\n[\s\S]*?\r\n\r\n/, '').replace(/\r\n$/, ''));
    const metadata = JSON.parse(Buffer.from(json, 'latin1').toString()) as Metadata;
    if (body.length > 5 * 1024 * 1024 + 4_096) return googleError(413, 'uploadTooLarge');
    return refusal(metadata) ?? { status: 200, body: resource(add(metadata, Buffer.from(bytes, 'latin1'))) };
  };
  const begin = ({ headers, body }: FilesRequest): FilesAnswer => {
    const metadata = JSON.parse(body.toString()) as Metadata;
    const session = randomBytes(9).toString('hex');
    sessions.set(session, { metadata, size: Number(headers['x-upload-content-length']), got: Buffer.alloc(0) });
    const location = `${uploadUrl()}/files?uploadType=resumable&upload_id=${session}`;
    return refusal(metadata) ?? { status: 200, headers: { location } };
  };
  const go = (id: string, { headers, body }: FilesRequest): FilesAnswer => {
    const session = sessions.get(id);
    if (!session) return googleError(404, 'notFound');
    const [, from, to, size] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(String(headers['content-range'])) ?? [];
    if (Number(size) !== session.size) return googleError(400, 'invalid');
    if (from !== undefined) {
      const isLast = Number(to) + 1 === session.size;
      const isWhole = Number(from) === session.got.length && Number(to) - Number(from) + 1 === body.length;
      if (!isWhole || (!isLast && body.length % UNIT_BYTES !== 0)) return googleError(400, 'invalid');
      session.got = Buffer.concat([session.got, body]);
    }
    if (session.got.length === session.size) {
      const known = session.metadata.id === undefined ? undefined : files.get(session.metadata.id);
      return { status: 200, body: resource(known ?? add(session.metadata, session.got)) };
    }
    return { status: 308, ...(session.got.length > 0 && { headers: { range: `bytes=0-${session.got.length - 1}` } }) };
  };
  const one = (id: string, action: string | undefined, query: URLSearchParams): FilesAnswer => {
    const file = files.get(id);
    if (!file) return googleError(404, 'notFound');
    const isOwn = file.mimeType.startsWith(GOOGLE_TYPE_PREFIX);
    const type = action === 'export' ? query.get('mimeType') : file.mimeType;
    if (action === undefined && query.get('alt') !== 'media') return { status: 200, body: resource(file) };
    if (isOwn !== (action === 'export') || type === null) return googleError(403, 'fileNotDownloadable');
    return { status: 200, headers: { 'content-type': type }, body: file.bytes };
  };

  return {
    files,
    settings,
    add,
    /** Stores half of the next bytes of a session, as if the connection broke. */
    keepHalf(url: URL, body: Buffer) {
      const session = sessions.get(url.searchParams.get('upload_id') ?? '');
      const half = body.subarray(0, Math.floor(body.length / 2 / UNIT_BYTES) * UNIT_BYTES);
      if (session) session.got = Buffer.concat([session.got, half]);
    },
    answer(request: FilesRequest): FilesAnswer {
      const { method, url } = request;
      const [, upload, id, action] =
        /^(\/upload)?\/drive\/v3\/files(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
      const session = url.searchParams.get('upload_id');
      if (upload && session !== null && method === 'PUT') return go(session, request);
      if (upload && method === 'POST')
        return url.searchParams.get('uploadType') === 'multipart' ? multipart(request) : begin(request);
      if (method !== 'GET') return googleError(404, 'notFound');
      if (id === 'generateIds') {
        const made = randomBytes(12).toString('base64url');
        announced.add(made);
        return { status: 200, body: { ids: [made], space: 'drive' } };
      }
      return id === undefined ? list(url.searchParams) : one(id, action, url.searchParams);
    },
  };
}
