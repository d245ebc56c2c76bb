import { expect, it } from 'vitest';
import { verifySigV4 } from './verify-sigv4.ts';

/** "GET Object" of the examples of signature calculations in the reference of Amazon S3. */
const request = {
  method: 'GET',
  target: '/test.txt',
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
};
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const then = new Date('2013-05-24T00:05:00Z');

it('the fake of S3 accepts the published example of a signature, and nothing else', () => {
  const codeOf = (change: object = {}, who = credentials, at = then) =>
    verifySigV4({ ...request, ...change }, who, at) ?? 'accepted';
  const without = (name: string) => ({ headers: { ...request.headers, [name]: undefined } });
  expect(codeOf()).toBe('accepted');
  expect(codeOf({ method: 'PUT' })).toBe('SignatureDoesNotMatch');
  expect(codeOf({ target: '/test.txt?acl' })).toBe('SignatureDoesNotMatch');
  expect(codeOf({ target: '/other.txt' })).toBe('SignatureDoesNotMatch');
  expect(codeOf({ headers: { ...request.headers, 'x-amz-acl': 'public-read' } })).toBe('AccessDenied');
  expect(codeOf(without('authorization'))).toBe('AccessDenied');
  expect(codeOf({}, { ...credentials, secretAccessKey: 'another' })).toBe('SignatureDoesNotMatch');
  expect(codeOf({}, { ...credentials, accessKeyId: 'another' })).toBe('InvalidAccessKeyId');
  expect(codeOf({}, { ...credentials, region: 'eu-central-1' })).toBe('AuthorizationHeaderMalformed');
  expect(codeOf({}, credentials, new Date())).toBe('RequestTimeTooSkewed');
});
