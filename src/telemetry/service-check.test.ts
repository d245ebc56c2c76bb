import { describe, expect, it } from 'vitest';
import { createServiceCheck } from './service-check.ts';

describe('the check of a service', () => {
  it('asks the service once for all who ask at the same time', async () => {
    let asked = 0;
    const probe = async () => {
      asked += 1;
    };
    const check = createServiceCheck('artifacts', probe, 'gone');
    const checks = await Promise.all(Array.from({ length: 100 }, check));
    expect(new Set(checks.map(({ status }) => status))).toEqual(new Set(['OK']));
    expect(asked).toBe(1);
  });

  it('is DEGRADED, without the error, when the service refuses or does not answer', async () => {
    for (const probe of [() => Promise.reject(new Error('secret')), () => new Promise(() => {})]) {
      const check = createServiceCheck('artifacts', probe, 'Look there.');
      expect(await check()).toEqual({ name: 'artifacts', status: 'DEGRADED', detail: 'Look there.' });
    }
  });
});
