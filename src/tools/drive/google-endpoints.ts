/** URLs of Google's OAuth and Drive API. */
export interface GoogleEndpoints {
  /** For the user's browser. */
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  /** Base of Drive v3, without a slash at the end. */
  readonly drive: string;
  /** The same for uploads. */
  readonly upload: string;
}

export const GOOGLE_ENDPOINTS: GoogleEndpoints = {
  authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  revoke: 'https://oauth2.googleapis.com/revoke',
  drive: 'https://www.googleapis.com/drive/v3',
  upload: 'https://www.googleapis.com/upload/drive/v3',
};

/** Reading what the user can see, and creating files: only files that this server created can be changed or removed. */
export const OAUTH_SCOPES: readonly string[] = [
  'https://www.googleapis.com/auth/drive.readonly',
  'https://www.googleapis.com/auth/drive.file',
];
