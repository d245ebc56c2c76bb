import { describe, expect, it } from 'vitest';
import { hashPassword, UNKNOWN_ACCOUNT_HASH, verifyPassword } from './password.ts';

describe('passwords', () => {
  it('are stored as scrypt hashes with parameters and a separate salt', async () => {
    const [first, second] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);
    expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first).not.toBe(second);
  });

  it('match their hash, and others do not', async () => {
    const hash = await hashPassword('zażółć');
    expect(await verifyPassword('zażółć', hash)).toBe(true);
    expect(await verifyPassword('zażółć'.normalize('NFD'), hash)).toBe(true);
    expect(await verifyPassword('zażółc', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('are checked with the parameters that they were hashed with', async () => {
    // RFC 7914, section 12, third vector cut to 32 bytes: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1).
    const salt = Buffer.from('SodiumChloride').toString('base64').replaceAll('=', '');
    const hash = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
    const stored = `$scrypt$ln=14,r=8,p=1$${salt}$${hash.toString('base64').replaceAll('=', '')}`;
    expect(await verifyPassword('pleaseletmein', stored)).toBe(true);
    expect(await verifyPassword('pleaseletmeout', stored)).toBe(false);
  });

  it('match nothing for an unknown account', async () => {
    expect(await verifyPassword('', UNKNOWN_ACCOUNT_HASH)).toBe(false);
  });

  it('do not match a malformed hash', async () => {
    for (const damaged of ['', 'secret', '$scrypt$ln=15,r=8,p=3$short$hash', '$scrypt$ln=99$a$b'])
      await expect(verifyPassword('secret', damaged)).rejects.toThrow('damaged');
  });
});
