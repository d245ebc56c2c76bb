import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../../test/support/surfaces/http-server.ts';
import { renderDriveCallback } from './drive-callback.ts';

describe('the page that Google sends a browser back to', () => {
  it('shows code and state to copy, and says for whom they are', () => {
    const page = renderDriveCallback({ code: '4/0AbC-d_e', state: 'AQx_y-z' });
    expect(page).toContain('<code>4/0AbC-d_e</code>');
    expect(page).toContain('<code>AQx_y-z</code>');
    expect(page).toContain('Keep these values secret');
  });

  it('says why there is nothing to copy', () => {
    expect(renderDriveCallback({ error: 'access_denied', state: 's' })).toContain('You denied access.');
    expect(renderDriveCallback({ error: 'server_error' })).toContain('Google refused: server_error.');
    for (const half of [{}, { code: 'c' }, { state: 's' }, { code: '', state: 's' }])
      expect(renderDriveCallback(half)).toContain('lacks the code or the state');
  });

  it('makes no markup of what stands in the address, whatever that is', () => {
    const tagsOf = (page: string) => page.match(/<[^>]*>/g);
    const plain = {
      code: tagsOf(renderDriveCallback({ code: 'c', state: 's' })),
      error: tagsOf(renderDriveCallback({ error: 'e' })),
    };
    const nasty = fc.array(fc.constantFrom('<script>', '</code>', '"', "'", '&', '<', '>', 'x'), { minLength: 1 });
    fc.assert(
      fc.property(nasty, (parts) => {
        const text = parts.join('');
        expect(tagsOf(renderDriveCallback({ code: text, state: text }))).toEqual(plain.code);
        expect(tagsOf(renderDriveCallback({ error: text }))).toEqual(plain.error);
      }),
    );
  });

  it('has nothing that the strictest content policy would stop', () => {
    expect(renderDriveCallback({ code: 'c', state: 's' })).not.toMatch(
      /<(script|style|link|img|form|iframe)|style=|\son\w+=|href=/,
    );
  });
});

let on: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  on = await startHttpServer();
});
afterAll(() => on.stop());

it('the page that Google leads back to shows what to copy, is kept nowhere, and runs nothing', async () => {
  const answer = await fetch(`${on.url}/oauth/drive?code=4%2F0Ab%3Cscript%3E&state=sealed`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  const text = await answer.text();
  expect(text).toContain('4/0Ab&lt;script&gt;');
  expect(text).toContain('finishDriveConnection');
});
