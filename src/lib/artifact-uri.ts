/** The URI of a stored artifact: `artifact:sha256/<64 hex digits>`. */
export function artifactUri(digest: string): string {
  return `artifact:sha256/${digest}`;
}

/** The digest that an artifact URI names, in lower case; undefined for any other text. */
export function artifactDigest(uri: string): string | undefined {
  return /^artifact:sha256\/([0-9a-f]{64})$/i.exec(uri)?.[1]?.toLowerCase();
}
