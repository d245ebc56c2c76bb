import { connection } from '../connection.ts';
import { Artifact } from './refs.ts';

export const ArtifactConnection = connection('Artifact', Artifact);
