import { describe, expect, it } from 'vitest';
import { openDashboard, skipped } from './support/open-dashboard.ts';

describe.skipIf(skipped)(`a test that opens pages ${skipped ?? ''}`, () => {
  it('fails for what goes wrong in any of their windows', async () => {
    const dashboard = await openDashboard();
    const page = await dashboard.open('/runs', { as: 'alice' });
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.evaluate(() => console.error('a logged problem'));
    await other.evaluate(() => void setTimeout(() => Promise.reject(new Error('a thrown problem'))));
    // The page hears of it later.
    await other.evaluate(
      () =>
        new Promise<void>((heard) => {
          addEventListener('securitypolicyviolation', () => heard());
          document.body.setAttribute('style', 'color: red');
        }),
    );
    await other.goto(page.url().replace('127.0.0.1', 'localhost')).catch(() => {});
    await expect(dashboard.close()).rejects.toMatchObject({
      actual: expect.arrayContaining(
        ['a logged problem', 'a thrown problem', 'style-src-attr forbids inline', 'asks another host'].map((problem) =>
          expect.stringContaining(problem),
        ),
      ),
    });
  });
});
