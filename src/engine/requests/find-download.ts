import type { ArtifactStore, ByteRange } from '../../core/artifact-store.ts';
import { Fault } from '../../core/errors.ts';
import type { Policy } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { artifactUri } from '../../lib/artifact-uri.ts';
import { scopeOf } from '../../policy/visibility.ts';
import type { Gate } from '../gate/gate.ts';

export interface DownloadDeps {
  readonly policy: Policy;
  readonly gate: Gate;
  readonly resources: Resources;
  readonly reader: StoreReader;
  readonly artifacts: ArtifactStore;
}

/** Bytes that a run produced, as a file. */
export interface Download {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  open(range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
}

/** Finds the content with this digest that the principal may see. @throws Fault NOT_FOUND, FORBIDDEN, THROTTLED, APPROVAL_REQUIRED */
export async function findDownload(deps: DownloadDeps, principal: SignedIn, digest: string): Promise<Download> {
  const uri = deps.resources.canonicalize(artifactUri(digest));
  deps.gate.pass(principal, { action: 'query:artifact', uri });
  const scope = scopeOf(principal, deps.policy);
  const stored = scope && (await deps.reader.content(scope, digest));
  if (!stored) throw new Fault('NOT_FOUND', 'You have no artifact with this digest.');
  if (stored.kind === 'artifact') {
    const { name, mediaType, size } = stored.artifact;
    return { name, mediaType, size, open: (range) => deps.artifacts.open(digest, range) };
  }
  const { mediaType, size, text } = stored.output;
  const bytes = Buffer.from(text);
  return {
    name: digest,
    mediaType,
    size,
    async open({ start, end } = { start: 0, end: size - 1 }) {
      return (async function* () {
        yield bytes.subarray(start, end + 1);
      })();
    },
  };
}
