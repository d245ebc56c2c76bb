/** Where Google's OAuth and its Drive API are. */
export interface GoogleEndpoints {
  /** For a person's browser. */
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  /** Base of Drive v3, without a slash at the end. */
  readonly drive: string;
  /** The same for bytes on their way up. */
  readonly upload: string;
}

export const GOOGLE_ENDPOINTS: GoogleEndpoints = {
  authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  revoke: 'https://oauth2.googleapis.com/revoke',
  drive: 'https://www.googleapis.com/drive/v3',
  upload: 'https://www.googleapis.com/upload/drive/v3',
};

/** To read what the person sees, and to make files of our own: we change and remove nothing that we did not make. */
export const OAUTH_SCOPES: readonly string[] = [
  'https://www.googleapis.com/auth/drive.readonly',
  'https://www.googleapis.com/auth/drive.file',
];
