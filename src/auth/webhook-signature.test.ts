import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standardSignature, WEBHOOK_SCHEMES } from './webhook-signature.ts';

const NOW = new Date(1_614_265_330_000);
const body = Buffer.from('{"test": 2432232314}');
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'another secret of more than 16 characters';

describe('a signature of Standard Webhooks', () => {
  const { standard } = WEBHOOK_SCHEMES;
  const signed = (more: object = {}, secret = SECRET, seconds = '1614265330') => ({
    body,
    headers: {
      'webhook-id': ID,
      'webhook-timestamp': seconds,
      'webhook-signature': standardSignature(secret, ID, seconds, body),
      ...more,
    },
  });

  it('is the one of the reference implementation', () => {
    expect(standardSignature(SECRET, ID, '1614265330', body)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('verifies with any of the current secrets, and with any of the signatures sent', () => {
    expect(standard(signed(), [OTHER, SECRET], NOW)).toEqual({ valid: true, id: ID });
    const several = `v1,AAAA v1a,BBBB ${standardSignature(SECRET, ID, '1614265330', body)}`;
    expect(standard(signed({ 'webhook-signature': several }), [SECRET], NOW)).toEqual({ valid: true, id: ID });
    expect(standard(signed(), [OTHER], NOW)).toMatchObject({ valid: false });
  });

  it.each([
    ['no id', { 'webhook-id': undefined }],
    ['another id', { 'webhook-id': 'msg_2' }],
    ['a long id', { 'webhook-id': 'x'.repeat(256) }],
    ['no time', { 'webhook-timestamp': undefined }],
    ['another time', { 'webhook-timestamp': '1614265331' }],
    ['a time that is no number', { 'webhook-timestamp': '1614265330.0' }],
    ['no signature', { 'webhook-signature': undefined }],
    ['an empty signature', { 'webhook-signature': '' }],
    ['a signature without its version', { 'webhook-signature': 'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' }],
  ])('is refused with %s', (_, headers) => {
    expect(standard(signed(headers), [SECRET], NOW)).toMatchObject({ valid: false });
  });

  it('is refused when its time is more than five minutes off', () => {
    for (const [seconds, valid] of [
      [300, true],
      [301, false],
    ] as const) {
      for (const at of [NOW.getTime() - seconds * 1_000, NOW.getTime() + seconds * 1_000]) {
        expect(standard(signed(), [SECRET], new Date(at)).valid).toBe(valid);
      }
    }
  });

  it('reads no more than ten signatures', () => {
    const own = standardSignature(SECRET, ID, '1614265330', body);
    const among = (before: number) => `${'v1,AAAA '.repeat(before)}${own}`;
    expect(standard(signed({ 'webhook-signature': among(9) }), [SECRET], NOW).valid).toBe(true);
    expect(standard(signed({ 'webhook-signature': among(10) }), [SECRET], NOW).valid).toBe(false);
  });
});

describe('a signature of GitHub', () => {
  const { github } = WEBHOOK_SCHEMES;
  const secret = "It's a Secret to Everybody";
  const hello = Buffer.from('Hello, World!');
  const headers = {
    'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  };

  it('verifies the example of its documentation', () => {
    expect(github({ headers, body: hello }, [OTHER, secret], NOW)).toMatchObject({ valid: true });
    expect(github({ headers, body }, [secret], NOW)).toMatchObject({ valid: false });
    expect(github({ headers: {}, body: hello }, [secret], NOW)).toMatchObject({ valid: false });
  });

  it('makes the same delivery of the same body, whatever the header says that is not signed', () => {
    const again = { ...headers, 'x-github-delivery': 'another' };
    expect(github({ headers: again, body: hello }, [secret], NOW)).toEqual(
      github({ headers, body: hello }, [secret], NOW),
    );
  });
});

describe('a bearer token', () => {
  const { token } = WEBHOOK_SCHEMES;
  const authorization = `Bearer ${OTHER.replaceAll(' ', '-')}`;
  const secrets = [OTHER.replaceAll(' ', '-')];

  it('verifies a delivery, whose id is optional', () => {
    expect(token({ headers: { authorization }, body }, secrets, NOW)).toEqual({ valid: true });
    const more = { authorization, 'idempotency-key': 'k1' };
    expect(token({ headers: more, body }, secrets, NOW)).toEqual({ valid: true, id: 'k1' });
    expect(token({ headers: { ...more, 'webhook-id': 'm1' }, body }, secrets, NOW)).toEqual({ valid: true, id: 'm1' });
    expect(token({ headers: { authorization: 'Bearer x' }, body }, secrets, NOW)).toMatchObject({ valid: false });
    expect(token({ headers: {}, body }, secrets, NOW)).toMatchObject({ valid: false });
    expect(token({ headers: { ...more, 'idempotency-key': '' }, body }, secrets, NOW)).toMatchObject({ valid: false });
  });
});

describe('any signature', () => {
  it('fits only its own body, secret, id and time', () => {
    const text = fc.string({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 0, max: 2_000_000_000 }), (content, secret, id, seconds) => {
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': standardSignature(secret, id, String(seconds), content),
          'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(content).digest('hex')}`,
        };
        const at = new Date(seconds * 1_000);
        const [own, other] = [Buffer.from(content), Buffer.from(`${content} `)];
        for (const scheme of [WEBHOOK_SCHEMES.standard, WEBHOOK_SCHEMES.github]) {
          expect(scheme({ headers, body: own }, [secret], at).valid).toBe(true);
          expect(scheme({ headers, body: other }, [secret], at).valid).toBe(false);
          expect(scheme({ headers, body: own }, [`${secret} `], at).valid).toBe(false);
        }
        const moved = { ...headers, 'webhook-id': `${id}x` };
        expect(WEBHOOK_SCHEMES.standard({ headers: moved, body: own }, [secret], at).valid).toBe(false);
      }),
    );
  });
});
