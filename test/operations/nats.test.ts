import { describe, expect, it } from 'vitest';
import { hasNats, startNatsServer } from '../support/bus/nats-server.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

describe.runIf(hasNats)('a server with NATS', () => {
  it('shows its bus in /health, and serves requests while NATS restarts', async () => {
    await using nats = await startNatsServer();
    await using server = await startServer({ env: { NATS_URL: nats.url } });
    const health = async () => {
      const response = await server.fetch('/health');
      return { httpStatus: response.status, ...(await response.json()) };
    };
    const ok = { httpStatus: 200, checks: expect.arrayContaining([{ name: 'bus', status: 'OK' }]) };
    expect(await health()).toMatchObject(ok);
    await nats.kill();
    await until('the server notices', () => server.logged('bus.disconnect').length > 0);
    expect((await health()).httpStatus).toBe(200);
    expect((await server.query('{ viewer { username } }')).status).toBe(200);
    await nats.start();
    await until('the server reconnects', () => server.logged('bus.reconnect').length > 0);
    expect(await health()).toMatchObject(ok);
  });

  it('stops cleanly without NATS', async () => {
    await using nats = await startNatsServer();
    await using server = await startServer({ env: { NATS_URL: nats.url } });
    await nats.kill();
    await until('the server notices', () => server.logged('bus.disconnect').length > 0);
    expect(await server.stop('SIGTERM')).toBe(0);
  });

  it('does not start without NATS, and says why', async () => {
    await using nats = await startNatsServer();
    await nats.remove();
    await expect(startServer({ env: { NATS_URL: nats.url } })).rejects.toThrow(
      /NATS at 127\.0\.0\.1:\d+ cannot be reached .*Check NATS_URL/,
    );
  });
});
