import { type ArtifactFilter, FilesDocument, type FilesLineFragment } from '../../api/generated/graphql.ts';
import { useReadPages } from '../../api/query.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { SearchField } from '../../shell/search-field.tsx';
import { WithPanel } from '../../shell/side-panel.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { sizeText } from '../../ui/time-text.ts';
import { FilePanel } from './file-panel.tsx';
import styles from './files.module.css';
import { RunOfFile } from './run-of-file.tsx';
import { UploadButton } from './upload-button.tsx';

const PARAMS = { q: text, type: text, run: text, file: text };

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '': 'All types',
  'application/json': 'JSON',
  'text/csv': 'CSV',
  'text/html': 'HTML',
  'text/markdown': 'Markdown',
  'text/*': 'All text',
  'image/*': 'Images',
  'application/*': 'All of application/',
};

/** `/files`: what runs have stored, and people have uploaded. */
export function Files() {
  const [{ q, type, run, file }, setUrl] = useUrlState(PARAMS);
  const filter: ArtifactFilter = {
    ...(q.trim() !== '' && { text: q.trim() }),
    ...(type !== '' && { mediaType: type }),
    ...(run !== '' && { run }),
  };
  const isFiltered = Object.keys(filter).length > 0;
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    FilesDocument,
    { filter },
    ({ artifacts }) => artifacts,
  );
  useRowKeys();
  const open = (id: string) => setUrl({ file: id }, { push: true });
  const types = type in MEDIA_TYPES ? MEDIA_TYPES : { ...MEDIA_TYPES, [type]: type };
  return (
    <Page title="Files" actions={<UploadButton onStored={open} />} query={queryOf(FilesDocument, { filter })}>
      <div className={styles.filters}>
        <SearchField label="Name of the file" value={q} onChange={(value) => setUrl({ q: value })} />
        <SelectField label="Media type" value={type} onChange={({ target }) => setUrl({ type: target.value })}>
          {Object.entries(types).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
        {run !== '' && <Button onClick={() => setUrl({ run: '' })}>Only of run {run.slice(0, 12)}… ✕</Button>}
      </div>
      <WithPanel
        panel={
          file !== '' && (
            <FilePanel
              key={file}
              id={file}
              list={(nodes ?? []).map(({ id }) => id)}
              onOpen={open}
              onClose={() => setUrl({ file: '' }, { push: true })}
            />
          )
        }
      >
        {error && <ErrorNotice error={error} retry={() => void refetch()} />}
        {!nodes && !error && <Skeleton rows={10} label="Loading files" />}
        {nodes?.length === 0 && <Nothing isFiltered={isFiltered} />}
        {nodes && nodes.length > 0 && (
          <Table label="Files" columns={file === '' ? COLUMNS : COLUMNS.slice(0, 3)}>
            {nodes.map((one) => (
              <FileLine key={one.id} file={one} open={file} onOpen={open} />
            ))}
          </Table>
        )}
        {hasNextPage && (
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        )}
      </WithPanel>
    </Page>
  );
}

const COLUMNS = ['Name', 'Media type', 'Size', 'Run', 'Stored'];

interface LineProps {
  readonly file: FilesLineFragment;
  /** ID of the file that is open; empty for none. */
  readonly open: string;
  readonly onOpen: (id: string) => void;
}

function FileLine({ file, open, onOpen }: LineProps) {
  const { id, name, mediaType, size, run, createdAt } = file;
  return (
    <tr data-row={id} data-selected={id === open}>
      <td className={styles.name}>
        <button type="button" aria-current={id === open || undefined} onClick={() => onOpen(id)}>
          {name}
        </button>
      </td>
      <td>{mediaType.split(';')[0]}</td>
      <td className={styles.size}>{sizeText(size)}</td>
      {open === '' && (
        <>
          <td className={styles.run}>
            <RunOfFile run={run} />
          </td>
          <td>
            <Time at={createdAt} />
          </td>
        </>
      )}
    </tr>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No files match">
      <p>Search for a part of the name, or choose all types.</p>
    </Empty>
  ) : (
    <Empty title="No files yet">
      <p>Outputs of runs appear here. Upload a file to use it as the input of one.</p>
    </Empty>
  );
}
