// What the package offers. Everything else may change at any time.

export { type CallOptions, type Client, type ClientOptions, createClient, type Session } from '../create-client.ts';
export { type Refused, type ResponseError, SignalboxError } from '../signalbox-error.ts';
export type { TypedDocument } from '../typed-document.ts';
export { unwrap } from '../unwrap.ts';
export type { DownloadOptions, UploadContent, Uploaded, UploadOptions } from './artifacts.ts';
