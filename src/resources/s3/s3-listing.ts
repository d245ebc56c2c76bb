import { SaxesParser } from 'saxes';
import { Fault } from '../../core/errors.ts';
import type { S3Client } from './s3-client.ts';

/** A page has at most 1,000 objects, each with a key of at most 1,024 bytes, which may be escaped. */
const MAX_LISTING_BYTES = 8 * 1024 * 1024;

interface S3Object {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}

interface S3Page {
  readonly objects: readonly S3Object[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** The objects whose keys begin with the prefix, in the order of their keys, and the time at S3. @throws as `getPiece` */
export async function listPage(
  client: S3Client,
  { bucket, prefix, from, max = 1_000 }: { bucket: string; prefix: string; from?: string; max?: number },
): Promise<S3Page & { readonly now: Date }> {
  const query = {
    ...{ 'list-type': '2', 'encoding-type': 'url', 'max-keys': String(max), prefix },
    ...(from !== undefined && { 'continuation-token': from }),
  };
  const { headers, body } = await client.request({ method: 'GET', bucket, query, maxBytes: MAX_LISTING_BYTES });
  const now = new Date(String(headers.date));
  try {
    return { ...parseListing(body.toString('utf8')), now: Number.isNaN(now.getTime()) ? new Date() : now };
  } catch (cause) {
    throw new Fault('UNAVAILABLE', 'S3 sent a listing that cannot be read. Check S3_ENDPOINT.', { cause });
  }
}

/** A response to ListObjectsV2 with `encoding-type=url`. @throws when it is another document */
function parseListing(xml: string): S3Page {
  const parser = new SaxesParser();
  const path: string[] = [];
  const objects: S3Object[] = [];
  let fields: Record<string, string> = {};
  let text = '';
  let next: string | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => {
    path.push(name);
    text = '';
    if (name === 'Contents') fields = {};
  });
  parser.on('text', (part) => {
    text += part;
  });
  parser.on('closetag', ({ name }) => {
    const parent = path.at(-2);
    if (name === 'Contents') objects.push(objectOf(fields));
    else if (parent === 'Contents') fields[name] = text;
    else if (parent === 'ListBucketResult' && name === 'NextContinuationToken') next = text;
    path.pop();
  });
  parser.write(xml).close();
  if (!xml.includes('<ListBucketResult')) throw new TypeError('the answer is not a ListBucketResult');
  return { objects, ...(next && { next }) };
}

function objectOf(fields: Readonly<Record<string, string>>): S3Object {
  const { Key = '', Size = '', LastModified = '' } = fields;
  const lastModified = new Date(LastModified);
  if (Number.isNaN(lastModified.getTime())) throw new TypeError('an object in the listing has no date');
  // No other character that may be escaped occurs in the keys of artifacts.
  return { key: Key.replaceAll('%2F', '/'), size: Number(Size), lastModified };
}
