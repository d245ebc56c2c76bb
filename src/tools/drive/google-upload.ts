import { randomBytes } from 'node:crypto';
import { Fault } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { type RetryOptions, waitBeforeRetry } from '../shared/retry.ts';
import type { Drive, DriveFile, DriveUpload } from './drive.ts';
import { type GoogleApi, type GoogleRequest, readJson } from './google-api.ts';
import type { GoogleEndpoints } from './google-endpoints.ts';
import { FILE_FIELDS, parseGoogleFile } from './google-file.ts';

export interface GoogleUploadDeps {
  readonly api: GoogleApi;
  readonly endpoints: GoogleEndpoints;
  readonly get: Drive['get'];
}

/** Google requires resumable uploads for larger files. */
const MAX_MULTIPART_BYTES = 5 * 1024 * 1024;
/** Must be a multiple of 256 KiB. */
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Consecutive attempts without progress. */
const MAX_ATTEMPTS_WITHOUT_PROGRESS = 4;

/** The finished file, or how many bytes of it Google has. */
type UploadProgress = { readonly file: DriveFile } | { readonly receivedBytes: number };

/** Reserves the id first, so that a repeated upload creates no second file: Google answers it with 409. */
export async function uploadToGoogle(
  { api, endpoints, get }: GoogleUploadDeps,
  upload: DriveUpload,
  signal: AbortSignal,
): Promise<DriveFile> {
  const id = await newFileId(api, endpoints, signal);
  const metadata = {
    id,
    name: upload.name,
    mimeType: upload.mediaType,
    ...(upload.folder !== undefined && { parents: [upload.folder] }),
  };
  try {
    return upload.bytes.length > MAX_MULTIPART_BYTES
      ? await uploadResumable(api, endpoints, metadata, upload, signal)
      : await uploadMultipart(api, endpoints, metadata, upload, signal);
  } catch (error) {
    if (error instanceof Fault && error.code === 'CONFLICT') return await get(id, signal);
    throw error;
  }
}

async function newFileId(api: GoogleApi, endpoints: GoogleEndpoints, signal: AbortSignal): Promise<string> {
  const { ids } = await api.json({ url: `${endpoints.drive}/files/generateIds?count=1&space=drive`, signal });
  const [id]: readonly unknown[] = Array.isArray(ids) ? ids : [];
  if (typeof id === 'string') return id;
  throw new Fault('RESOURCE_UNREACHABLE', 'Google Drive did not return an id for the new file. Try again later.');
}

function uploadUrl(endpoints: GoogleEndpoints, uploadType: string): string {
  return `${endpoints.upload}/files?${new URLSearchParams({ uploadType, fields: FILE_FIELDS, supportsAllDrives: 'true' })}`;
}

/** Metadata and bytes in one multipart/related body (RFC 2387). */
async function uploadMultipart(
  api: GoogleApi,
  endpoints: GoogleEndpoints,
  metadata: JsonObject,
  { mediaType, bytes }: DriveUpload,
  signal: AbortSignal,
): Promise<DriveFile> {
  const boundary = randomBytes(24).toString('hex');
  const json = `Content-Type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(metadata)}`;
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\n${json}\r\n--${boundary}\r\nContent-Type: ${mediaType}\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--`),
  ]);
  const headers = { 'content-type': `multipart/related; boundary=${boundary}` };
  const file = await api.json({ method: 'POST', url: uploadUrl(endpoints, 'multipart'), headers, body, signal });
  return parseGoogleFile(file);
}

/** A resumable session: after a failure Google is asked how much it has, and receives the rest. */
async function uploadResumable(
  api: GoogleApi,
  endpoints: GoogleEndpoints,
  metadata: JsonObject,
  upload: DriveUpload,
  signal: AbortSignal,
): Promise<DriveFile> {
  const session = await startSession(api, endpoints, metadata, upload, signal);
  const retryOptions: RetryOptions = {
    signal,
    maxAttempts: MAX_ATTEMPTS_WITHOUT_PROGRESS,
    backoffMs: api.backoffMs,
  };
  let from: number | undefined = 0;
  for (let best = 0, failures = 0; ; ) {
    const progress: UploadProgress | undefined = await sendFrom(api, session, upload.bytes, from, signal).catch(
      async (error: unknown) => {
        failures += 1;
        await waitBeforeRetry(error, failures, retryOptions);
        return undefined;
      },
    );
    if (progress && 'file' in progress) return progress.file;
    if (progress && progress.receivedBytes > best) {
      best = progress.receivedBytes;
      failures = 0;
    } else if (progress && from !== undefined) {
      failures += 1;
      if (failures === MAX_ATTEMPTS_WITHOUT_PROGRESS) throw noProgressFault();
    }
    from = progress?.receivedBytes;
  }
}

function noProgressFault(): Fault {
  return new Fault('RESOURCE_UNREACHABLE', 'The upload to Google Drive makes no progress. Try again later.');
}

async function startSession(
  api: GoogleApi,
  endpoints: GoogleEndpoints,
  metadata: JsonObject,
  { mediaType, bytes }: DriveUpload,
  signal: AbortSignal,
): Promise<string> {
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'x-upload-content-type': mediaType,
    'x-upload-content-length': String(bytes.length),
  };
  const body = JSON.stringify(metadata);
  const request = { method: 'POST', url: uploadUrl(endpoints, 'resumable'), headers, body, signal } as const;
  const location = await api.request(request, async (response) => {
    await response.body?.cancel();
    return response.headers.get('location');
  });
  if (location !== null && new URL(location, endpoints.upload).origin === new URL(endpoints.upload).origin)
    return location;
  throw new Fault('RESOURCE_UNREACHABLE', 'Google Drive did not return an upload URL. Try again later.');
}

/** @param from how many bytes Google has; undefined to ask Google */
async function sendFrom(
  api: GoogleApi,
  session: string,
  bytes: Uint8Array,
  from: number | undefined,
  signal: AbortSignal,
): Promise<UploadProgress> {
  const chunk = Buffer.from(from === undefined ? [] : bytes.subarray(from, from + CHUNK_BYTES));
  const range = from === undefined ? '*' : `${from}-${from + chunk.length - 1}`;
  const headers = { 'content-range': `bytes ${range}/${bytes.length}` };
  const request: GoogleRequest = {
    method: 'PUT',
    url: session,
    headers,
    body: chunk,
    acceptedStatus: 308,
    maxAttempts: 1,
    signal,
  };
  return await api.request(request, async (response) => {
    if (response.status !== 308) return { file: parseGoogleFile(await readJson(response)) };
    await response.body?.cancel();
    // Without a range, Google has no bytes.
    const [, last] = /^bytes=0-(\d{1,15})$/.exec(response.headers.get('range') ?? '') ?? [];
    return { receivedBytes: last === undefined ? 0 : Math.min(Number(last) + 1, bytes.length) };
  });
}
