import { gunzipSync } from 'node:zlib';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALICE, startGraphql, type TestGraphqlServer } from '../../../../../test/support/surfaces/graphql-server.ts';
import { commands } from '../../../../commands/registry.ts';
import { buildSchema } from '../../schema/schema.ts';
import { tabs } from './tabs.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

const page = async () => {
  const response = await fetch(api.url, { headers: { accept: 'text/html,*/*' } });
  return { response, html: await response.text() };
};

describe('GraphiQL', () => {
  it('is a page for browsers that runs nothing written in it and loads nothing from elsewhere', async () => {
    const { response, html } = await page();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    const scripts = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, about, text]) => [about, text]);
    for (const [about, text] of scripts) {
      if (!about?.includes('type="application/json"'))
        expect([about, text]).toEqual([expect.stringMatching(/src="\?asset=/), '']);
    }
    const urls = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
    expect(urls.filter((url) => !/^\?asset=|^data:,$/.test(url as string))).toEqual([]);
  });

  it('has its files compressed, and named by what is in them', async () => {
    const { html } = await page();
    const names = [...new Set([...html.matchAll(/\?asset=([^"\\]+)/g)].map(([, name]) => name as string))];
    expect(names.length).toBe(6);
    for (const name of names) {
      const br = await fetch(`${api.url}?asset=${name}`, { headers: { 'accept-encoding': 'br' } });
      expect([br.status, br.headers.get('content-encoding')]).toEqual([200, 'br']);
      expect(br.headers.get('cache-control')).toContain('immutable');
      expect(br.headers.get('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/);
      await br.arrayBuffer();
    }
    const start = names.find((name) => name.startsWith('start.')) as string;
    const response = await fetch(`${api.url}?asset=${start}`, { headers: { 'accept-encoding': 'gzip' } });
    const script = Buffer.from(await response.arrayBuffer());
    expect(script.includes('YogaGraphiQL') || gunzipSync(script).includes('YogaGraphiQL')).toBe(true);
    expect((await fetch(`${api.url}?asset=..%2Fserver.ts`)).status).not.toBe(200);
    expect((await fetch(`${api.url}?asset=other.js`)).status).toBe(404);
  });

  it('opens with examples that fit the schema', () => {
    const schema = buildSchema(commands);
    for (const { query } of tabs) expect(validate(schema, parse(query))).toEqual([]);
  });

  it('opens with examples that run as they stand', async () => {
    for (const { query, variables } of tabs.filter(({ query }) => !query.includes('subscription'))) {
      const { data, errors } = await api.ask(query, JSON.parse(variables), ALICE);
      expect(errors, query).toBeUndefined();
      expect(JSON.stringify(data)).not.toMatch(/"state":"(FAILED|DENIED)"|"code":"[A-Z_]+"/);
    }
  });
});
