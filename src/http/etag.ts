/** Whether an If-None-Match names the entity tag (RFC 9110, section 13.1.2): then the client has it. Compared weakly. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
