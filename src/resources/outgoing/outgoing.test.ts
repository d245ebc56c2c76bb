import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createTestResources } from '../../../test/support/resources/resources.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { canonicalUri } from '../canonical-uri.ts';
import type { ResolvedAddress } from './names.ts';
import { createOutgoing, type Outgoing, type OutgoingDeps } from './outgoing.ts';

// Self-signed for secure.test until 2126; used only in this file.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNoKcgP92vg3Iokf7
J3mGfiDA484O6v15CKDLkuIMNIuhRANCAAS6Q39gXxhWqxynHjYHSCh11P+lqVR8
BP9Z0ta8vzYYXsomeZv4Tj8k8nzwli3vhozfN8BxmadnoM/kccWHjzs2
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUOrcCM7mWP8hJwrPc3XlcKUWI88AwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLc2VjdXJlLnRlc3QwIBcNMjYxMTIwMTA1NjMwWhgPMjEyNjEw
MjcxMDU2MzBaMBYxFDASBgNVBAMMC3NlY3VyZS50ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEukN/YF8YVqscpx42B0goddT/palUfAT/WdLWvL82GF7KJnmb
+E4/JPJ88JYt74aM3zfAcZmnZ6DP5HHFh487NqNrMGkwHQYDVR0OBBYEFD8XdscC
sEuvbvPu+zqRFH+PKxj6MB8GA1UdIwQYMBaAFD8XdscCsEuvbvPu+zqRFH+PKxj6
MA8GA1UdEwEB/wQFMAMBAf8wFgYDVR0RBA8wDYILc2VjdXJlLnRlc3QwCgYIKoZI
zj0EAwIDRwAwRAIgV8ObIxH1BBkX0AL/hCuO47Srx/d2NOCmYAqj0feIhAUCICDw
nWsADxqeyL3OuSMM4+iwpP3pWAWH5RxMTiotc/jy
-----END CERTIFICATE-----`;

/** Checked, and never connected to. */
const PUBLIC: ResolvedAddress = { address: '93.184.215.14', family: 4 };
const LOOPBACK: ResolvedAddress = { address: '127.0.0.1', family: 4 };
/** Nothing listens here. */
const CLOSED: ResolvedAddress = { address: '127.0.0.2', family: 4 };

let server: Server;
let port: number;
let connections: number;
let requests: number;
/** The target to which `/up` redirects. */
let upgrade: string;
const opened: Outgoing[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests++;
    if (request.url === '/up') response.writeHead(301, { location: upgrade }).end();
    else if (request.url !== '/silent') response.end('here');
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

beforeEach(() => {
  connections = 0;
  requests = 0;
});

afterEach(async () => {
  for (const outgoing of opened.splice(0)) await outgoing.close();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function outgoing(deps: Partial<OutgoingDeps>): Outgoing {
  const created = createOutgoing({ version: '0', allowedPrivateHosts: [], headerTimeoutMs: 5_000, ...deps });
  opened.push(created);
  return created;
}

async function get(from: Outgoing, uri: string): Promise<string> {
  const signal = new AbortController().signal;
  const answer = await from.request(canonicalUri(uri), { headers: {}, signal, timeoutMs: 10_000 });
  return await text(answer.body);
}

const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });
const refused = fault('FORBIDDEN', /not public.*ALLOWED_PRIVATE_HOSTS/);

describe('an address that may be connected to', () => {
  it('is not a private address in the URI, however it is written', async () => {
    const guarded = outgoing({});
    for (const host of ['127.0.0.1', '127.1', '0x7f000001', '[::ffff:127.0.0.1]', 'localhost', 'localhost.']) {
      await expect(get(guarded, `http://${host}:${port}/`)).rejects.toEqual(refused);
    }
    for (const host of ['169.254.169.254', '10.0.0.1', '[::1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '0.0.0.0']) {
      await expect(get(guarded, `http://${host}/`)).rejects.toEqual(refused);
      await expect(get(guarded, `https://${host}/`)).rejects.toEqual(refused);
    }
    expect(connections).toBe(0);
  });

  it('rejects a name that resolves to a private address, even together with a public one', async () => {
    for (const answer of [[LOOPBACK], [PUBLIC, LOOPBACK], [LOOPBACK, PUBLIC], [{ address: '::1', family: 6 }]]) {
      const guarded = outgoing({ lookup: async () => answer });
      await expect(get(guarded, `http://rebound.example:${port}/`)).rejects.toEqual(refused);
      await expect(get(guarded, `https://rebound.example:${port}/`)).rejects.toEqual(refused);
    }
    expect(connections).toBe(0);
  });

  it('is checked again with the address of the actual peer', async () => {
    // Returns a public address to the check and a private one to the connection, as a defect between them would.
    let requestCount = 0;
    const turning = {
      family: 4,
      get address() {
        return requestCount++ === 0 ? PUBLIC.address : LOOPBACK.address;
      },
    };
    const guarded = outgoing({ lookup: async () => [turning] });
    await expect(get(guarded, `http://turning.example:${port}/`)).rejects.toEqual(refused);
    expect({ connections, requests }).toEqual({ connections: 1, requests: 0 });
  });

  it('is resolved once for each connection: a second DNS response changes nothing', async () => {
    let lookups = 0;
    const guarded = outgoing({
      allowedPrivateHosts: [`inner.example:${port}`],
      lookup: async () => (lookups++ === 0 ? [LOOPBACK] : [CLOSED]),
    });
    expect(await get(guarded, `http://inner.example:${port}/`)).toBe('here');
    expect({ lookups, connections }).toEqual({ lookups: 1, connections: 1 });
  });

  it('is a private address if its host and port are listed, and only under that name and port', async () => {
    const lookup = async () => [LOOPBACK];
    const byName = outgoing({ lookup, allowedPrivateHosts: [`inner.example:${port}`, '[::1]:8080'] });
    expect(await get(byName, `http://INNER.example.:${port}/`)).toBe('here');
    await expect(get(byName, `http://other.example:${port}/`)).rejects.toEqual(refused);
    await expect(get(byName, `http://127.0.0.1:${port}/`)).rejects.toEqual(refused);
    await expect(get(byName, 'http://inner.example/')).rejects.toEqual(refused);
    const byAddress = outgoing({ lookup, allowedPrivateHosts: [`[::ffff:127.0.0.1]:${port}`] });
    expect(await get(byAddress, `http://127.0.0.1:${port}/`)).toBe('here');
    await expect(get(byAddress, `http://inner.example:${port}/`)).rejects.toEqual(refused);
  });

  it('has the default port of the scheme when the URI has no port', async () => {
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
    const plain = outgoing({ lookup, allowedPrivateHosts: ['inner.example:443'] });
    await expect(get(plain, 'http://inner.example/')).rejects.toEqual(refused);
    await expect(get(plain, 'https://inner.example/')).rejects.not.toEqual(refused);
  });

  it('tries the next address of a name when one does not answer', async () => {
    const guarded = outgoing({
      allowedPrivateHosts: [`inner.example:${port}`],
      lookup: async () => [CLOSED, { address: '::1', family: 6 }, LOOPBACK],
    });
    expect(await get(guarded, `http://inner.example:${port}/`)).toBe('here');
  });

  it('gives up on a name server that does not answer', async () => {
    const guarded = outgoing({ headerTimeoutMs: 150, lookup: () => new Promise(() => {}) });
    await expect(get(guarded, 'http://slow.example/')).rejects.toEqual(fault('TIMEOUT'));
  });

  it('aborts active requests when it closes', async () => {
    const guarded = outgoing({ allowedPrivateHosts: [`127.0.0.1:${port}`] });
    const waiting = expect(get(guarded, `http://127.0.0.1:${port}/silent`)).rejects.toEqual(
      fault('RESOURCE_UNREACHABLE'),
    );
    while (requests === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await guarded.close();
    await waiting;
  });
});

describe('over TLS', () => {
  const trusted = getCACertificates('default');
  let secure: ReturnType<typeof createTlsServer>;
  let securePort: number;
  const lookup = async () => [LOOPBACK];

  beforeAll(async () => {
    setDefaultCACertificates([...trusted, CERTIFICATE]);
    secure = createTlsServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
      if (request.url === '/down') {
        response.writeHead(302, { location: `http://inner.example:${port}/` }).end();
      } else response.end('safe');
    });
    new WebSocketServer({ server: secure }).on('connection', (socket) => {
      socket.on('message', (data) => socket.send(data.toString(), () => socket.close()));
    });
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    securePort = (secure.address() as AddressInfo).port;
    upgrade = `https://secure.test:${securePort}/`;
  });

  afterAll(() => {
    setDefaultCACertificates(trusted);
    secure.closeAllConnections();
    secure.close();
  });

  it('the certificate must be for the requested name, whatever address it resolves to', async () => {
    const guarded = outgoing({
      lookup,
      allowedPrivateHosts: ['secure.test', 'wrong.test', '127.0.0.1'].map((host) => `${host}:${securePort}`),
    });
    expect(await get(guarded, `https://secure.test:${securePort}/`)).toBe('safe');
    for (const host of ['wrong.test', '127.0.0.1']) {
      await expect(get(guarded, `https://${host}:${securePort}/`)).rejects.toEqual(
        fault('RESOURCE_UNREACHABLE', /certificate is not valid for this host/),
      );
    }
  });

  it('the certificate must match for a fetch and a WebSocket as well', async () => {
    const hosts = ['secure.test', 'wrong.test'].map((host) => `${host}:${securePort}`);
    const guarded = outgoing({ lookup, allowedPrivateHosts: hosts });
    const [right, wrong] = hosts.map((host) => canonicalUri(`https://${host}/`)) as [CanonicalUri, CanonicalUri];
    const limits = { maxBytes: 100, idleMs: 5_000, maxMessageBytes: 100, signal: new AbortController().signal };
    expect(await (await guarded.fetch(right, limits)(right.href)).text()).toBe('safe');
    const socket = await guarded.connect(right, limits);
    await socket.send('hello');
    for await (const message of socket.messages) expect(message).toBe('hello');
    const refusal = fault('RESOURCE_UNREACHABLE', /certificate is not valid for this host/);
    await expect(guarded.fetch(wrong, limits)(wrong.href)).rejects.toEqual(refusal);
    await expect(guarded.connect(wrong, limits)).rejects.toEqual(refusal);
  });

  it('an untrusted certificate is rejected', async () => {
    setDefaultCACertificates(trusted);
    const guarded = outgoing({ lookup, allowedPrivateHosts: [`secure.test:${securePort}`] });
    await expect(get(guarded, `https://secure.test:${securePort}/`)).rejects.toEqual(
      fault('RESOURCE_UNREACHABLE', /certificate is not valid for this host/),
    );
    setDefaultCACertificates([...trusted, CERTIFICATE]);
  });

  it('a server that does not speak TLS is reported in plain words', async () => {
    const guarded = outgoing({ lookup, allowedPrivateHosts: [`inner.example:${port}`] });
    await expect(get(guarded, `https://inner.example:${port}/`)).rejects.toEqual(
      fault('RESOURCE_UNREACHABLE', /TLS handshake failed/),
    );
  });

  it('a redirect to http is rejected, and one to https is followed', async () => {
    const resources = await createTestResources({
      lookup,
      allowedPrivateHosts: [`secure.test:${securePort}`, `inner.example:${port}`],
    });
    try {
      await expect(resources.open(`https://secure.test:${securePort}/down`)).rejects.toEqual(
        fault('RESOURCE_UNREACHABLE', /from https to http/),
      );
      expect(requests).toBe(0);
      expect(await (await resources.open(`http://inner.example:${port}/up`)).text()).toBe('safe');
    } finally {
      await resources.close();
    }
  });
});
