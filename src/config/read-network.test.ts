import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEnvironments, problemsOf } from '../../test/support/config/environment.ts';

const { development, dir } = createEnvironments();

describe('private hosts', () => {
  it('are canonicalized like URIs', () => {
    const ALLOWED_PRIVATE_HOSTS = 'Models.Internal:80, 127.1:8080,[FD00::1]:443,bücher.example:1';
    expect(development({ ALLOWED_PRIVATE_HOSTS }).resources.allowedPrivateHosts).toEqual([
      'models.internal:80',
      '127.0.0.1:8080',
      '[fd00::1]:443',
      'xn--bcher-kva.example:1',
    ]);
  });

  it.each(['host', 'host:0', 'host:99999', 'a@b:80', 'a/b:80', 'http://a:80', ':80', 'a b:80'])(
    '%s is refused',
    (host) => {
      expect(problemsOf(() => development({ ALLOWED_PRIVATE_HOSTS: host }))).toHaveProperty('ALLOWED_PRIVATE_HOSTS');
    },
  );
});

describe('local roots', () => {
  it('map a name to a real folder, or name the folder itself', () => {
    const files = join(dir, 'files');
    mkdirSync(files);
    symlinkSync(files, join(dir, 'link'));
    const { localRoots } = development({
      ALLOWED_LOCAL_ROOTS: `/data = ${files} ,/linked=${join(dir, 'link')},${files}`,
    }).resources;
    expect(localRoots).toEqual([
      { name: '/data', folder: files },
      { name: '/linked', folder: files },
      { name: files, folder: files },
    ]);
  });

  it.each([
    ['data=.', 'is not a root'],
    ['/=.', 'is not a root'],
    ['/a/../b=.', 'is not a root'],
    ['/a/=.', 'is not a root'],
    ['/data=/', 'whole disk'],
    ['/data=./package.json', 'does not exist'],
    ['/no-such-folder-here', 'does not exist'],
    ['/data=.,/data=.', 'is listed twice'],
  ])('%s is rejected: %s', (ALLOWED_LOCAL_ROOTS, why) => {
    expect(problemsOf(() => development({ ALLOWED_LOCAL_ROOTS })).ALLOWED_LOCAL_ROOTS).toContain(why);
  });
});

describe('the root of memories', () => {
  it('is a folder in DATA_DIR by default, which need not exist', () => {
    const { memoryRoot } = development({}).resources;
    expect(memoryRoot).toEqual({ name: '/memories', folder: expect.stringMatching(/\/memories$/) });
  });

  it('may be a local root, so that memories can be read as files', () => {
    const env = { ALLOWED_LOCAL_ROOTS: `/notes=${dir}`, MEMORY_ROOT: `/notes=${dir}` };
    expect(development(env).resources.memoryRoot).toEqual({ name: '/notes', folder: realpathSync(dir) });
  });

  it.each([
    ['memories=.', 'is not a root'],
    ['/memories=/', 'whole disk'],
    ['/data=./somewhere', 'overlaps /data'],
    ['/data/memories=./somewhere', 'overlaps /data'],
  ])('%s is rejected: %s', (MEMORY_ROOT, why) => {
    expect(problemsOf(() => development({ MEMORY_ROOT })).MEMORY_ROOT).toContain(why);
  });
});

describe('the base path', () => {
  it.each([
    ['', ''],
    ['/', ''],
    ['/signalbox', '/signalbox'],
    ['/tools/signal-box/', '/tools/signal-box'],
  ])('%s is %j', (BASE_PATH, path) => {
    expect(development({ BASE_PATH }).server.basePath).toBe(path);
  });

  it.each(['signalbox', '/a//b', '/a/../b', '/a b', '/a?b', '/ä', 'https://a.example/b', '//a.example'])(
    '%s is refused',
    (BASE_PATH) => {
      expect(problemsOf(() => development({ BASE_PATH }))).toHaveProperty('BASE_PATH');
    },
  );
});
