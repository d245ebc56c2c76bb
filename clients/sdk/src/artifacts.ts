import { errorOfStatus, type HttpContext, readJson, sendHttp } from './send-http.ts';

const OCTET_STREAM = 'application/octet-stream';

/** Browsers send a stream over HTTP/2 only, and not all of them; a Blob goes everywhere. */
export type UploadContent = Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> | string | ReadableStream<Uint8Array>;

export interface UploadOptions {
  /** A file name, without folders. */
  readonly name: string;
  /** What the bytes are; otherwise what the Blob says, or application/octet-stream. */
  readonly mediaType?: string;
  readonly signal?: AbortSignal;
}

/** An artifact that was stored. */
export interface UploadedArtifact {
  readonly id: string;
  readonly digest: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** Where it is downloaded, relative to the server. */
  readonly url: string;
  /** Names it in the input of a command. */
  readonly uri: string;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Only these bytes, both ends counted from 0, as in `bytes=0-99`. */
  readonly range?: string;
}

/** `POST /artifacts`: the bytes as they are, streamed. @throws SignalboxError */
export async function uploadArtifact(
  http: HttpContext,
  content: UploadContent,
  options: UploadOptions,
): Promise<UploadedArtifact> {
  const { name, signal } = options;
  const mediaType = options.mediaType ?? (content instanceof Blob && content.type ? content.type : OCTET_STREAM);
  const response = await sendHttp(http, `artifacts?${new URLSearchParams({ name })}`, {
    method: 'POST',
    headers: { 'content-type': mediaType },
    body: content,
    signal,
  });
  const body = await readJson(response);
  if (!response.ok || body === undefined) throw errorOfStatus(response, body);
  const stored = body as Omit<UploadedArtifact, 'uri'>;
  return { ...stored, uri: `artifact:sha256/${stored.digest}` };
}

/** `GET /artifacts/:digest`: the response, whose body is not read yet. @throws SignalboxError */
export async function downloadArtifact(http: HttpContext, digest: string, options: DownloadOptions): Promise<Response> {
  const { signal, range } = options;
  const response = await sendHttp(http, `artifacts/${encodeURIComponent(digest)}`, {
    method: 'GET',
    ...(range !== undefined && { headers: { range } }),
    signal,
  });
  if (!response.ok) throw errorOfStatus(response, await readJson(response));
  return response;
}
