// What the package offers. Everything else may change at any time.

export type { DownloadOptions, UploadContent, UploadedArtifact as Uploaded, UploadOptions } from './artifacts.ts';
export type { TypedDocument } from './create-client.ts';
export { type CallOptions, type Client, type ClientOptions, createClient, type Session } from './create-client.ts';
export { type RefusalDetails as Refused, type ResponseError, SignalboxError, unwrap } from './signalbox-error.ts';
