/** A stored value that `CREDENTIALS_KEY` seals: a credential of a user, or the secret of a webhook. */
export type SealedValue = { readonly tenant: string; readonly sealed: Uint8Array } & (
  | { readonly kind: 'credential'; readonly subject: string; readonly name: string }
  | { readonly kind: 'webhook'; readonly id: string }
);

/** Every sealed value of every tenant, to replace the key. */
export interface SealedValues {
  /** In pages, so that any number takes little memory. */
  all(): AsyncIterable<SealedValue>;
  /** False if it was changed or removed since it was read; then nothing is written. */
  replace(value: SealedValue, sealed: Uint8Array): Promise<boolean>;
}
