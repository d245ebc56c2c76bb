/** The media types of a result (GraphQL over HTTP, "Media Types"; GraphQL over SSE for a stream), the preferred one first. */
export const RESULT_MEDIA_TYPES = [
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
] as const;

export type ResultMediaType = (typeof RESULT_MEDIA_TYPES)[number];

/** A media range of an `Accept` header: `*` is any type, or any subtype. */
interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** From 0, not acceptable, to 1. */
  readonly quality: number;
}

/**
 * The best of these media types by RFC 9110, section 12.5.1: for each type the most specific range counts, the highest
 * quality wins, and the first one named wins a tie. Without a header it is the first of the types. Charsets other than
 * UTF-8 are not available.
 * @returns undefined when the header accepts none of them
 */
export function negotiateMediaType<T extends string>(
  accept: string | undefined,
  mediaTypes: readonly [T, ...T[]],
): T | undefined {
  if (accept === undefined || accept.trim() === '') return mediaTypes[0];
  const ranges = accept.split(',').flatMap(parseMediaRange);
  let best: { readonly mediaType: T; readonly quality: number; readonly index: number } | undefined;
  for (const mediaType of mediaTypes) {
    const range = mostSpecificRange(ranges, mediaType);
    if (!range || range.quality === 0) continue;
    const { quality } = range;
    const index = ranges.indexOf(range);
    if (!best || quality > best.quality || (quality === best.quality && index < best.index)) {
      best = { mediaType, quality, index };
    }
  }
  return best?.mediaType;
}

/** The media type of the result of a query or mutation. */
export function negotiateResultType(accept: string | undefined): ResultMediaType | undefined {
  return negotiateMediaType<ResultMediaType>(accept, RESULT_MEDIA_TYPES);
}

function parseMediaRange(text: string): readonly MediaRange[] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type, subtype] = range.split('/');
  if (!type || !subtype) return [];
  let quality = 1;
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=').map((part) => part.trim());
    if (name === 'q') quality = parseQuality(value);
    else if (name === 'charset' && !/^"?utf-8"?$/.test(value)) return [];
  }
  return [{ type, subtype, quality }];
}

/** A quality that cannot be read counts as 1, like a missing one. */
function parseQuality(text: string): number {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 1;
}

function mostSpecificRange(ranges: readonly MediaRange[], mediaType: string): MediaRange | undefined {
  const [ownType, ownSubtype] = mediaType.split('/');
  const matching = (type: string | undefined, subtype: string | undefined) =>
    ranges.find((range) => range.type === type && range.subtype === subtype);
  return matching(ownType, ownSubtype) ?? matching(ownType, '*') ?? matching('*', '*');
}
