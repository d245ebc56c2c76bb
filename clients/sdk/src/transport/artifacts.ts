import { errorOfStatus, type HttpContext, readJson, sendHttp } from './send-http.ts';

const OCTET_STREAM = 'application/octet-stream';

/** Only some browsers send a stream, and only over HTTP/2; a Blob works everywhere. */
export type UploadContent = Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> | string | ReadableStream<Uint8Array>;

export interface UploadOptions {
  /** A file name without folders. */
  readonly name: string;
  /** Media type of the bytes. Default: that of the Blob, otherwise application/octet-stream. */
  readonly mediaType?: string;
  readonly signal?: AbortSignal;
}

/** A stored artifact. */
export interface UploadedArtifact {
  readonly id: string;
  readonly digest: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** Where to download it, relative to the server. */
  readonly url: string;
  /** Identifies it in the input of a command. */
  readonly uri: string;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** A byte range as in RFC 9110: `bytes=0-99` is the first 100 bytes. */
  readonly range?: string;
}

/** `POST /artifacts`: streams the bytes unchanged. @throws SignalboxError */
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

/** `GET /artifacts/:digest`: the response with its body unread. @throws SignalboxError */
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
