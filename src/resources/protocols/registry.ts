import { artifact } from './artifact.ts';
import { data } from './data.ts';
import type { Protocol } from './define-protocol.ts';
import { file } from './file.ts';
import { http, https } from './http.ts';
import { redis } from './redis.ts';
import { s3 } from './s3.ts';

/** The registry: a new protocol is a file in `protocols/` and a line here. */
export const protocols: readonly Protocol[] = [http, https, file, data, artifact, redis, s3];
