import { describe, expect, it } from 'vitest';
import { negotiateResultType } from './accept.ts';

const JSON_TYPE = 'application/json';
const RESPONSE = 'application/graphql-response+json';
const STREAM = 'text/event-stream';

describe('the media type of a result', () => {
  it.each([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    [JSON_TYPE, JSON_TYPE],
    [RESPONSE, RESPONSE],
    [RESPONSE.toUpperCase(), RESPONSE],
    [`${RESPONSE};charset=utf-8, ${JSON_TYPE};charset=utf-8`, RESPONSE],
    [`${RESPONSE}; charset="UTF-8"`, RESPONSE],
    [`text/html, image/png;q=0.1, */*`, JSON_TYPE],
  ])('for Accept %s is %s', (accept, mediaType) => expect(negotiateResultType(accept)).toBe(mediaType));

  it.each([
    [`${RESPONSE}, ${JSON_TYPE};q=0.9`, RESPONSE],
    [`${JSON_TYPE};q=0.9, ${RESPONSE}`, RESPONSE],
    [`${RESPONSE};q=0.5, ${JSON_TYPE};q=0.51`, JSON_TYPE],
    [`${JSON_TYPE};q=0, ${RESPONSE};q=0.001`, RESPONSE],
    [`${JSON_TYPE};q=0, */*`, RESPONSE],
    [`${JSON_TYPE}; q=2, ${RESPONSE}`, JSON_TYPE],
    [`${STREAM};q=0.5, ${JSON_TYPE};q=0.4`, STREAM],
    [`${STREAM};q=0.4, ${JSON_TYPE};q=0.5`, JSON_TYPE],
    [`${STREAM};q=0, */*;q=0.1`, JSON_TYPE],
  ])('follows the qualities of %s', (accept, mediaType) => expect(negotiateResultType(accept)).toBe(mediaType));

  it.each([
    [`${RESPONSE}, ${JSON_TYPE}`, RESPONSE],
    [`${JSON_TYPE}, ${RESPONSE}`, JSON_TYPE],
    [`${RESPONSE}, */*`, RESPONSE],
    [`*/*, ${RESPONSE}`, JSON_TYPE],
    [`${STREAM}, ${JSON_TYPE}`, STREAM],
    [`${RESPONSE}, ${JSON_TYPE}, ${STREAM}, multipart/mixed`, RESPONSE],
  ])('is the first of those that %s accepts equally', (accept, mediaType) =>
    expect(negotiateResultType(accept)).toBe(mediaType),
  );

  it.each(['text/html', 'multipart/mixed', `${JSON_TYPE};q=0`, `${RESPONSE};charset=latin1`, 'json', ','])(
    'is refused for Accept %s',
    (accept) => expect(negotiateResultType(accept)).toBeUndefined(),
  );
});
