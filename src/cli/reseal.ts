import { createSealer } from '../auth/sealer.ts';
import { readEnvironment } from '../config/environment.ts';
import type { SealedValue } from '../core/accounts/sealed-values.ts';
import { sealPurpose } from '../engine/webhooks/attempt-delivery.ts';
import { EXIT, printLine, UsageError } from './output.ts';
import { withStore } from './with-store.ts';

/**
 * Seals with the current key what the previous one has sealed. What changes meanwhile is sealed with the current key anyway.
 * Fails if a value was sealed with neither of them.
 */
export async function reseal(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (args.length > 0) throw new UsageError('reseal takes no arguments.');
  const config = readEnvironment(env);
  const current = createSealer(config.credentialsKey);
  const both = createSealer(config.credentialsKey, config.credentialsPreviousKey);
  const counts = { resealed: 0, sealed: 0, lost: 0 };
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
      counts.lost += 1;
      printLine(`Cannot be opened with either key: ${purpose.join(' ')}`);
    }
  });
  printLine(`Sealed again: ${counts.resealed}. Sealed with CREDENTIALS_KEY before: ${counts.sealed}.`);
  return counts.lost === 0 ? EXIT.success : EXIT.failure;
}

function purposeOf(value: SealedValue): readonly string[] {
  return value.kind === 'webhook' ? sealPurpose(value) : [value.name, value.tenant, value.subject];
}
