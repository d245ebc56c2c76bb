import { FileDocument, type FileQuery } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Payload } from '../../parts/payload/payload.tsx';
import { Neighbors } from '../../shell/neighbors.tsx';
import { SidePanel } from '../../shell/side-panel.tsx';
import { Copy } from '../../ui/copy.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './files.module.css';
import { RunOfFile } from './run-of-file.tsx';

type File = Extract<NonNullable<FileQuery['node']>, { readonly __typename: 'Artifact' }>;

interface Props {
  readonly id: string;
  /** IDs of the files of the list. */
  readonly list: readonly string[];
  readonly onOpen: (id: string) => void;
  readonly onClose: () => void;
}

/** One file: where it is from, and what is in it. */
export function FilePanel({ id, list, onOpen, onClose }: Props) {
  const { data, error, refetch } = useRead(FileDocument, { id }, { keepFormer: false });
  const file = data?.node && 'url' in data.node ? (data.node as File) : undefined;
  return (
    <SidePanel
      title={file?.name ?? 'File'}
      actions={<Neighbors of="file" list={list} current={id} onOpen={onOpen} />}
      onClose={onClose}
    >
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={6} label="Loading the file" />}
      {data && !file && <p>There is no such file, or you may not see it. Retention may have removed it.</p>}
      {file && <Shown file={file} />}
    </SidePanel>
  );
}

function Shown({ file }: { readonly file: File }) {
  const { name, mediaType, size, url, run, step, createdAt, resource } = file;
  return (
    <>
      <dl className={styles.facts}>
        <dt>Run</dt>
        <dd>
          <RunOfFile run={run} />
          {step && `, step ${step.key}`}
        </dd>
        <dt>Stored</dt>
        <dd>
          <Time at={createdAt} />
        </dd>
        <dt>URI</dt>
        <dd>
          <code>{resource.uri}</code> <Copy text={resource.uri} label="Copy the URI" />
        </dd>
      </dl>
      <Payload stored={{ uri: resource.uri, mediaType, size, url }} label={`Content of ${name}`} />
    </>
  );
}
