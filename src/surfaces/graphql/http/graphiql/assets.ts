import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { startPage } from './start-page.ts';

type Encoding = 'br' | 'gzip';

/** One file of the page. Its name contains its digest, so it may be cached forever. */
export interface Asset {
  readonly name: string;
  readonly mediaType: string;
  /** The bytes in this encoding, compressed once, on first use. */
  encoded(encoding: Encoding): Promise<Buffer<ArrayBuffer>>;
}

export interface Assets {
  readonly byName: ReadonlyMap<string, Asset>;
  readonly script: Asset;
  readonly style: Asset;
  readonly start: Asset;
  /** By the names that Monaco uses. */
  readonly workers: Readonly<Record<string, Asset>>;
}

const compressors = {
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (text: string) => promisify(gzip)(text),
} satisfies Record<Encoding, (text: string) => Promise<Buffer<ArrayBuffer>>>;

/** The files of GraphiQL. They are 9 MB, so they are loaded for the first browser. */
export async function loadAssets(): Promise<Assets> {
  const { js, css, editorWorkerService, jsonWorker, graphqlWorker } = await import(
    '@graphql-yoga/render-graphiql/graphiql'
  );
  const script = createAsset('graphiql.js', js);
  const style = createAsset('graphiql.css', css);
  const start = createAsset('start.js', `(${startPage})();`);
  const workers = {
    editorWorkerService: createAsset('editor.worker.js', editorWorkerService),
    json: createAsset('json.worker.js', jsonWorker),
    graphql: createAsset('graphql.worker.js', graphqlWorker),
  };
  const all = [script, style, start, ...Object.values(workers)];
  return { byName: new Map(all.map((one) => [one.name, one])), script, style, start, workers };
}

function createAsset(file: string, text: string): Asset {
  const [, base, extension] = /^(.*)\.([a-z]+)$/.exec(file) ?? [];
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const made = new Map<Encoding, Promise<Buffer<ArrayBuffer>>>();
  return {
    name: `${base}.${digest}.${extension}`,
    mediaType: extension === 'css' ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
    encoded(encoding) {
      const bytes = made.get(encoding) ?? compressors[encoding](text);
      made.set(encoding, bytes);
      return bytes;
    },
  };
}
