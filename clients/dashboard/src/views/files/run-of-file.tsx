import { Link } from 'wouter';
import type { FilesLineFragment } from '../../api/generated/graphql.ts';

/** The run that stored a file, if it is still there and you may see it. */
export function RunOfFile({ run }: Pick<FilesLineFragment, 'run'>) {
  if (!run) return <>Removed</>;
  return <Link href={`/runs/${run.id}`}>{run.workflow ?? run.goal ?? run.kind.toLowerCase()}</Link>;
}
