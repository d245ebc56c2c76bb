/** `attachment` with the name twice: in ASCII for old clients (RFC 6266), in UTF-8 (RFC 8187) for the others. */
export function attachmentHeader(name: string): string {
  const wellFormed = name.toWellFormed();
  const ascii = wellFormed.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const encoded = encodeURIComponent(wellFormed).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** The file name in a Content-Disposition header; undefined when it has none, or cannot be parsed. */
export function parseFileName(header: string | undefined): string | undefined {
  const text = header ?? '';
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(text)?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return undefined;
    }
  }
  const [, quoted, token] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(text) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? token;
}
