import { useQuery } from '@tanstack/react-query';
import type { HouseBook as Book, Exposure } from '../../../api/admin/treasury.ts';
import { exportHouseBook, houseBookQuery } from '../../../api/admin/treasury.ts';
import { formatMoney, formatQuantity, MISSING } from '../../../format/numbers.ts';
import { Money } from '../../../ui/amounts.tsx';
import { AssetStatusBadge, Badge } from '../../../ui/badge.tsx';
import type { DaysPageProps } from '../../../ui/days-choice.tsx';
import { DaysBar, Panel } from '../../../ui/days-choice.tsx';
import { Figure, Figures } from '../../../ui/figures.tsx';
import { SaveCsv } from '../../../ui/save-csv.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../../ui/table.tsx';
import { SetExposureLimit } from './set-exposure-limit.tsx';

const SKELETON_ROWS = 5;

/** What the house holds, owes and earned. */
export function HouseBook({ days, onDays }: DaysPageProps) {
  const { data, error, refetch } = useQuery(houseBookQuery(days));
  return (
    <div className="grid grid-cols-1 gap-4">
      <DaysBar days={days} onDays={onDays} completeTo={data?.complete_to}>
        <SaveCsv subject="The house book" load={async () => exportHouseBook(days)} />
      </DaysBar>
      {data ? (
        <LoadedBook book={data} />
      ) : error ? (
        <div className="card">
          <ErrorState
            title="The house book could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      ) : (
        <div className="card">
          <SkeletonRows label="Loading the house book" rows={SKELETON_ROWS} />
        </div>
      )}
    </div>
  );
}

function LoadedBook({ book }: { readonly book: Book }) {
  const { period, assets, days } = book;
  return (
    <>
      <Figures className="grid-cols-2 lg:grid-cols-5">
        <Figure label="Earned">
          <Money value={period.earned} isExact />
        </Figure>
        <Figure label="Spread">
          <Money value={period.spread} isExact />
        </Figure>
        <Figure label="Fees">
          <Money value={period.fees} />
        </Figure>
        <Figure label="Rounding">
          <Money value={period.rounding} isExact />
        </Figure>
        <Figure label="Adjustments">
          <Money value={period.adjustments} />
        </Figure>
      </Figures>
      <Panel title="Exposure by asset">
        {assets.length > 0 ? (
          <Table caption="Exposure by asset" head={<ExposureHeads />}>
            {assets.map((exposure) => (
              <ExposureRow key={exposure.asset_id} exposure={exposure} />
            ))}
          </Table>
        ) : (
          <EmptyState title="No exposure">It appears here with the first trade.</EmptyState>
        )}
      </Panel>
      <Panel title="Result by day (UTC)">
        {days.length > 0 ? (
          <DaysTable days={days} />
        ) : (
          <EmptyState title="No movements on these days">Choose more days.</EmptyState>
        )}
      </Panel>
    </>
  );
}

function ExposureHeads() {
  return (
    <>
      <Column>Asset</Column>
      <Column isNumeric>Units</Column>
      <Column isNumeric>Value</Column>
      <Column isNumeric className="hidden md:table-cell">
        Cash
      </Column>
      <Column isNumeric className="hidden sm:table-cell">
        Result
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Limit
      </Column>
      <Column>
        <span className="sr-only">Actions</span>
      </Column>
    </>
  );
}

function ExposureRow({ exposure }: { readonly exposure: Exposure }) {
  const { asset_id, name, status, units, value, cash, result, max_house_exposure, is_above_limit } = exposure;
  return (
    <Row>
      <RowHead>
        <span className="flex flex-wrap items-center gap-2 py-1.5">
          <span className="font-medium">{asset_id}</span>
          <span className="hidden text-xs text-faint sm:inline">{name}</span>
          {status !== 'active' && <AssetStatusBadge status={status} />}
          {is_above_limit && <Badge tone="warn">Above limit</Badge>}
        </span>
      </RowHead>
      <Cell isNumeric>{formatQuantity(units)}</Cell>
      <Cell isNumeric>{formatMoney(value)}</Cell>
      <Cell isNumeric className="hidden md:table-cell">
        {formatMoney(cash)}
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Money value={result} isChange />
      </Cell>
      <Cell isNumeric className="hidden lg:table-cell">
        {max_house_exposure === null ? MISSING : formatQuantity(max_house_exposure)}
      </Cell>
      <Cell isNumeric className="w-14">
        <SetExposureLimit exposure={exposure} />
      </Cell>
    </Row>
  );
}

function DaysTable({ days }: Pick<Book, 'days'>) {
  return (
    <Table
      caption="Result by day"
      head={
        <>
          <Column>Day</Column>
          <Column isNumeric>Earned</Column>
          <Column isNumeric className="hidden sm:table-cell">
            Spread
          </Column>
          <Column isNumeric>Fees</Column>
          <Column isNumeric className="hidden md:table-cell">
            Rounding
          </Column>
          <Column isNumeric className="hidden sm:table-cell">
            Adjustments
          </Column>
        </>
      }
    >
      {days.toReversed().map(({ day, earned, spread, fees, rounding, adjustments }) => (
        <Row key={day}>
          <RowHead isDense>{day}</RowHead>
          <Cell isNumeric isDense>
            <Money value={earned} isExact />
          </Cell>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            <Money value={spread} isExact />
          </Cell>
          <Cell isNumeric isDense>
            <Money value={fees} />
          </Cell>
          <Cell isNumeric isDense className="hidden md:table-cell">
            <Money value={rounding} isExact />
          </Cell>
          <Cell isNumeric isDense className="hidden sm:table-cell">
            <Money value={adjustments} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
