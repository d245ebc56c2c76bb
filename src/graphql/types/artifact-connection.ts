import { Artifact } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { connection } from '../connection.ts';

export const ArtifactConnection = connection('Artifact', Artifact);
