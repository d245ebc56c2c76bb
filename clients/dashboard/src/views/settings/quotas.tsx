import { SettingsQuotasDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Table } from '../../ui/table.tsx';
import { countText, sizeText } from '../../ui/time-text.ts';

/** What you and your tenant may use, and use. */
export function Quotas() {
  const { data, error, refetch } = useRead(SettingsQuotasDocument, {});
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={6} label="Loading quotas" />;
  return (
    <Table label="Quotas" columns={['Quota', 'Of', 'Used', 'Limit', 'Share']}>
      {data.quotas.map(({ name, description, unit, scope, holder, limit, used }) => {
        const amount = unit === 'bytes' ? sizeText : countText;
        const most = unit === 'bytes' ? sizeText(limit) : `${countText(limit)}\u00a0${unit}`;
        return (
          <tr key={`${scope} ${holder} ${name}`}>
            <td>
              {description}
              <small>
                <code>{name}</code>
              </small>
            </td>
            <td>{scope === 'TENANT' ? `tenant ${holder}` : holder}</td>
            <td>{amount(used)}</td>
            <td>{most}</td>
            <td>
              <meter min={0} max={limit} value={used} aria-label={`${name}: ${amount(used)} of ${most}`} />
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
