// The public API of the package. Everything else may change at any time.

export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type Session,
  type TypedDocument,
} from './create-client.ts';
export type {
  DownloadOptions,
  UploadContent,
  UploadedArtifact as Uploaded,
  UploadOptions,
} from './transport/artifacts.ts';
export {
  type RefusalDetails as Refused,
  type ResponseError,
  SignalboxError,
  unwrap,
} from './transport/signalbox-error.ts';
