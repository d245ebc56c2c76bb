import type { ArtifactStore } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import { type BigJson, parseBigJson } from '../../core/parse-json.ts';
import type { StepRecord } from '../../core/run.ts';
import type { Json } from '../../lib/json.ts';

/** Of one batch. */
export const MAX_BATCH_BYTES = 8 * 2 ** 20;

/** What the journal has of a batch: where its items are. They are read each time that they are needed. */
export type BatchItem = {
  /** Of the artifact with all items. */
  readonly digest: string;
  readonly format: 'list' | 'lines';
  /** Bytes of the artifact; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly count: number;
};

/** True for a step that runs for one batch of a `for_each`. */
export function isBatch({ role, terms }: Pick<StepRecord, 'role' | 'terms'>): boolean {
  return role === 'item' && terms?.batch !== undefined;
}

/** The items of a batch. @throws Fault BAD_INPUT when they are not JSON */
export async function readBatch(item: Json | undefined, artifacts: Pick<ArtifactStore, 'open'>): Promise<BigJson> {
  const { digest, format, start, end, count } = item as unknown as BatchItem;
  const chunks: Uint8Array[] = [];
  for await (const chunk of await artifacts.open(digest, { start, end: end - 1 })) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const items =
    format === 'list'
      ? (parseBigJson(`[${text}]`) as readonly BigJson[])
      : text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parseBigJson(line)]));
  if (items.length === count) return items;
  throw new Fault('BAD_INPUT', `The items of for_each are not JSON: a batch of ${count} has ${items.length}.`);
}
