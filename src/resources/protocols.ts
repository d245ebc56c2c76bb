import type { Protocol } from './define-protocol.ts';
import { artifact } from './protocols/artifact.ts';
import { data } from './protocols/data.ts';
import { file } from './protocols/file.ts';
import { http } from './protocols/http.ts';
import { https } from './protocols/https.ts';

/** The registry: a new protocol is a file in `protocols/` and a line here. */
export const protocols: readonly Protocol[] = [http, https, file, data, artifact];
