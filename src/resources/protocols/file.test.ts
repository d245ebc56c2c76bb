import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';
import { canonicalUri } from '../canonical-uri.ts';

let folder: string;
let resources: TestResources;
const at = (...parts: string[]) => join(folder, ...parts);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-file-'));
  await mkdir(at('files', 'public'), { recursive: true });
  await mkdir(at('schemas'));
  await mkdir(at('outside'));
  await writeFile(at('files', 'a.csv'), 'a,b');
  await writeFile(at('files', 'public', 'b.json'), '{}');
  await writeFile(at('schemas', 's.json'), '{"type":"object"}');
  await writeFile(at('outside', 'secret'), 'secret');
  resources = await createTestResources({
    localRoots: [
      { name: '/data', folder: at('files') },
      { name: '/schemas', folder: at('schemas') },
      { name: '/data/inner', folder: at('schemas') },
    ],
  });
});

afterEach(async () => {
  await resources.close();
  await rm(folder, { recursive: true, force: true });
});

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

/** File descriptors of this process in the folder. */
async function openHere(): Promise<number> {
  const links = await readdir('/proc/self/fd');
  const targets = await Promise.all(links.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(folder)).length;
}

describe('file:', () => {
  it('reads a file under a virtual root without revealing its real path', async () => {
    const body = await resources.open('file:///data/%61.csv');
    expect(body).toMatchObject({ uri: 'file:///data/a.csv', mediaType: 'text/csv', size: 3 });
    expect(await body.text()).toBe('a,b');
    expect(resources.authorizedUris).toEqual(['file:///data/a.csv']);
    expect(await openHere()).toBe(0);
  });

  it('has one spelling for each file, so that a rule about one spelling holds for the others', () => {
    for (const character of ["'", '(', ')', '*', '!', '[', ']', '|', '~', '+', '&', ';', '^', 'ż']) {
      const escaped = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      const spellings = [character, escaped, escaped.toUpperCase()].map((one) => {
        return canonicalUri(`file:///data/a${one}b`).href;
      });
      expect(new Set(spellings).size, character).toBe(1);
    }
  });

  it('decodes the name once, and asks once about a file that is not a link', async () => {
    for (const name of ['a b.csv', 'x+y(1)&z=@;,!$.csv', 'zażółć.csv', '100%.csv', 'q?#.csv', '~.csv', "it's*.csv"]) {
      await writeFile(at('files', name), name);
      resources.authorizedUris.length = 0;
      const body = await resources.open(`file:///data/${encodeURIComponent(name)}`);
      expect(await body.text()).toBe(name);
      expect(resources.authorizedUris).toHaveLength(1);
    }
  });

  it('uses the longest root if roots are nested', async () => {
    const body = await resources.open('file:///data/inner/s.json');
    expect(body.uri).toBe('file:///data/inner/s.json');
    expect(await body.text()).toContain('object');
    expect(resources.authorizedUris).toHaveLength(1);
  });

  it.each([
    ['outside all roots', 'file:///etc/passwd'],
    ['in a root whose name only begins like one', 'file:///database/a.csv'],
    ['above a root with dots', 'file:///data/../outside/secret'],
    ['above a root with escaped dots', 'file:///data/%2e%2e/%2E%2E/etc/passwd'],
    ['at the top', 'file:///'],
  ])('rejects a path %s', async (_, uri) => {
    await expect(resources.open(uri)).rejects.toEqual(fault('FORBIDDEN', /ALLOWED_LOCAL_ROOTS.*file:\/\/\/data\//));
  });

  it('rejects an empty segment, which the file system would read as another path', async () => {
    await expect(resources.open('file:///data//a.csv')).rejects.toEqual(fault('BAD_INPUT', /empty segment/));
    await expect(resources.open('file:///data/public//b.json')).rejects.toEqual(fault('BAD_INPUT'));
  });

  it('does not follow a link as the last segment', async () => {
    await symlink(at('outside', 'secret'), at('files', 'link.csv'));
    await symlink('a.csv', at('files', 'near.csv'));
    await symlink('loop', at('files', 'loop'));
    for (const name of ['link.csv', 'near.csv', 'loop']) {
      await expect(resources.open(`file:///data/${name}`)).rejects.toEqual(fault('FORBIDDEN', /symbolic link/));
    }
  });

  it('does not leave the root by a link in the middle of the path', async () => {
    await symlink(at('outside'), at('files', 'door'));
    await symlink('..', at('files', 'up'));
    await expect(resources.open('file:///data/door/secret')).rejects.toEqual(fault('FORBIDDEN', /ALLOWED_LOCAL_ROOTS/));
    await expect(resources.open('file:///data/up/outside/secret')).rejects.toEqual(fault('FORBIDDEN'));
    expect(await openHere()).toBe(0);
  });

  it('is not misled by a folder next to the root with a longer name', async () => {
    await mkdir(at('files-private'));
    await writeFile(at('files-private', 'x'), 'private');
    await symlink(at('files-private'), at('files', 'door'));
    await expect(resources.open('file:///data/door/x')).rejects.toEqual(fault('FORBIDDEN'));
  });

  it('asks the policy about the target of a link within the roots', async () => {
    await symlink('..', at('files', 'public', 'all'));
    await symlink(at('schemas'), at('files', 'public', 'other'));
    const body = await resources.open('file:///data/public/all/a.csv');
    expect(body.uri).toBe('file:///data/a.csv');
    await body.cancel();
    expect(resources.authorizedUris).toEqual(['file:///data/public/all/a.csv', 'file:///data/a.csv']);
    await (await resources.open('file:///data/public/other/s.json')).cancel();
    expect(resources.authorizedUris.at(-1)).toBe('file:///schemas/s.json');
    resources.forbidden.add('file:///data/a.csv');
    await expect(resources.open('file:///data/public/all/a.csv')).rejects.toEqual(fault('FORBIDDEN'));
    expect(await openHere()).toBe(0);
  });

  it('serves a root that is reached through a link', async () => {
    await symlink(at('files'), at('alias'));
    const linked = await createTestResources({ localRoots: [{ name: '/data', folder: at('alias') }] });
    expect(await (await linked.open('file:///data/a.csv')).text()).toBe('a,b');
    await linked.close();
  });

  it('rejects a pipe without waiting for its writer, a folder, and a file as a folder', async () => {
    execFileSync('mkfifo', [at('files', 'pipe')]);
    await expect(resources.open('file:///data/pipe')).rejects.toEqual(fault('BAD_INPUT', /pipe/));
    await expect(resources.open('file:///data/public')).rejects.toEqual(fault('BAD_INPUT', /folder/));
    await expect(resources.open('file:///data')).rejects.toEqual(fault('BAD_INPUT', /folder/));
    await expect(resources.open('file:///data/a.csv/x')).rejects.toEqual(fault('NOT_FOUND'));
    await expect(resources.open('file:///data/a.csv/')).rejects.toEqual(fault('NOT_FOUND'));
    expect(await openHere()).toBe(0);
  });

  it('rejects a device', async () => {
    const devices = await createTestResources({ localRoots: [{ name: '/data', folder: '/dev' }] });
    await expect(devices.open('file:///data/zero')).rejects.toEqual(fault('BAD_INPUT', /device/));
    await devices.close();
  });

  it('answers NOT_FOUND or BAD_INPUT for names that do not exist or cannot exist', async () => {
    await expect(resources.open('file:///data/none.csv')).rejects.toEqual(fault('NOT_FOUND'));
    await expect(resources.open(`file:///data/${'n'.repeat(300)}`)).rejects.toEqual(fault('BAD_INPUT', /longer/));
  });

  it('rejects files larger than the limit, even when they grow while they are read', async () => {
    await writeFile(at('files', 'big'), Buffer.alloc(600_000));
    await expect(resources.open('file:///data/big', { maxBytes: 599_999 })).rejects.toEqual(
      fault('RESOURCE_TOO_LARGE'),
    );
    const body = await resources.open('file:///data/big', { maxBytes: 600_000 });
    await appendFile(at('files', 'big'), 'more');
    await expect(body.bytes()).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(await openHere()).toBe(0);
  });

  it('closes the file when the reader stops, cancels or is aborted', async () => {
    await writeFile(at('files', 'big'), Buffer.alloc(900_000, 'x'));
    for await (const chunk of (await resources.open('file:///data/big')).stream()) {
      expect(chunk.length).toBeLessThan(900_000);
      expect(await openHere()).toBe(1);
      break;
    }
    expect(await openHere()).toBe(0);
    const cancelled = await resources.open('file:///data/big');
    await cancelled.cancel();
    const stop = new AbortController();
    const aborted = await resources.open('file:///data/big', { signal: stop.signal });
    stop.abort();
    await expect(aborted.bytes()).rejects.toEqual(fault('CANCELLED'));
    expect(await openHere()).toBe(0);
  });
});
