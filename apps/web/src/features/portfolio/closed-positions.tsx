import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { closedPositionsQuery } from '../../api/account/portfolio.ts';
import { Money } from '../../ui/amounts.tsx';
import { AssetBadge } from '../../ui/badge.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';

/** The positions that were sold completely, with what they brought. Nothing without any. */
export function ClosedPositions() {
  const { data: closed } = useQuery(closedPositionsQuery());
  if (!closed || closed.length === 0) return null;
  return (
    <section aria-labelledby="closed-title" className="card">
      <h2 id="closed-title" className="border-b border-line px-4 py-2.5 font-medium">
        Closed <span className="text-faint">{closed.length}</span>
      </h2>
      <Table
        caption="Closed positions"
        head={
          <>
            <Column>Asset</Column>
            <Column isNumeric>Realised P&L</Column>
          </>
        }
      >
        {closed.map(({ asset_id, realized_pnl }) => (
          <Row key={asset_id}>
            <RowHead>
              <Link
                to="/assets/$assetId"
                params={{ assetId: asset_id }}
                className="flex min-h-8 items-center gap-3 hover:underline"
              >
                <AssetBadge symbol={asset_id} />
                {asset_id}
              </Link>
            </RowHead>
            <Cell isNumeric>
              <Money value={realized_pnl} isChange />
            </Cell>
          </Row>
        ))}
      </Table>
    </section>
  );
}
