import { createSealer } from '../auth/sealer.ts';
import { readEnvironment } from '../config/environment.ts';
import type { SealedValue } from '../core/accounts/sealed-values.ts';
import { sealPurpose } from '../engine/webhooks/attempt-delivery.ts';
import { EXIT } from './errors.ts';
import type { VerbContext } from './verb.ts';
import { withStore } from './with-store.ts';

/**
 * Seals with the current key what the previous one has sealed. What changes meanwhile is sealed with the current key anyway.
 * Prints the values that were sealed with neither of them, and fails if there are any.
 */
export async function reseal({ env, print, note }: VerbContext): Promise<number> {
  const config = readEnvironment(env);
  const current = createSealer(config.credentialsKey);
  const both = createSealer(config.credentialsKey, config.credentialsPreviousKey);
  const counts = { resealed: 0, sealed: 0 };
  const lost: { readonly id: string; readonly kind: string }[] = [];
  await withStore(config, async ({ sealedValues }) => {
    for await (const value of sealedValues.all()) {
      const purpose = purposeOf(value);
      if (current.open(purpose, value.sealed)) {
        counts.sealed += 1;
        continue;
      }
      const inside = both.open(purpose, value.sealed);
      if (inside) {
        if (await sealedValues.replace(value, current.seal(purpose, inside))) counts.resealed += 1;
        continue;
      }
      lost.push({ id: purpose.join(' '), kind: value.kind });
    }
  });
  await print(lost);
  note(`Sealed again: ${counts.resealed}. Sealed with CREDENTIALS_KEY before: ${counts.sealed}.`);
  if (lost.length === 0) return EXIT.success;
  note(`Neither key opens ${lost.length} values. Run it again with the key that sealed them, or connect again.`);
  return EXIT.failure;
}

function purposeOf(value: SealedValue): readonly string[] {
  return value.kind === 'webhook' ? sealPurpose(value) : [value.name, value.tenant, value.subject];
}
