import { transactionId } from '@cnop/common/core/brands';
import { decimalOfUnits } from '@cnop/common/core/money';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { anOrderId, aTime } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitEffect } from '../../../src/portfolio/domain/unit-effects.ts';
import { createLotBook } from '../../../src/tax/domain/lot-book.ts';
import type { ModelMovement } from '../tax-lots-model.ts';
import { histories, METHODS, modelLots, sum } from '../tax-lots-model.ts';

/** Digits of the smallest step of an asset with the most of them. */
const SCALE = 18;

const effectOf = ({ id, kind, units, cash, at }: ModelMovement): UnitEffect => ({
  id: transactionId(id),
  at: aTime(at),
  kind,
  orderId: anOrderId(`order-of-${id}`),
  units: decimalOfUnits(units, SCALE),
  cash: decimalOfUnits(cash, 2),
  cost: decimalOfUnits(cash, 2),
});

function follow(movements: readonly ModelMovement[], methodOf: (year: number) => LotMethod) {
  const book = createLotBook(methodOf);
  const departures = movements.flatMap((movement) => book.follow(effectOf(movement)));
  return { departures, open: book.open() };
}

const day = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
const buy = (index: number, units: bigint, cash: bigint): ModelMovement => ({
  id: `buy-${index}`,
  kind: 'acquire',
  units,
  cash,
  at: day(index),
});
const sale = (index: number, units: bigint, cash: bigint): ModelMovement => ({
  id: `sale-${index}`,
  kind: 'dispose',
  units,
  cash,
  at: day(index),
});

const methodsOfYears = fc
  .array(fc.constantFrom(...METHODS), { minLength: 4, maxLength: 4 })
  .map((methods) => (year: number) => methods[year - 2026] ?? 'fifo');

describe('the lots of an asset', () => {
  it.each([
    ['fifo', ['buy-0 10 of 1000', 'buy-1 5 of 1500']],
    ['lifo', ['buy-2 10 of 2000', 'buy-1 5 of 1500']],
    ['hifo', ['buy-1 10 of 3000', 'buy-2 5 of 1000']],
    ['average', ['buy-0 10 of 2000', 'buy-1 5 of 1000']],
  ] as const)('are taken by %s in its own order', (method, parts) => {
    const history = [buy(0, 10n, 1000n), buy(1, 10n, 3000n), buy(2, 10n, 2000n), sale(3, 15n, 4500n)];
    const { departures } = follow(history, () => method);
    expect(
      departures.flatMap((one) => one.parts.map(({ lotId, units, cost }) => `${lotId} ${units} of ${cost}`)),
    ).toEqual(parts);
  });

  it('agree with an independent script, whatever the methods of the years', () => {
    fc.assert(
      fc.property(histories(10n ** 12n), methodsOfYears, (history, methodOf) => {
        const { departures, open } = follow(history, methodOf);
        const model = modelLots(history, methodOf);
        expect(
          departures.map(({ id, parts }) => [id, parts.map(({ acquiredAt: _, ...part }) => part)]),
        ).toEqual([...model.departures]);
        expect(open.map(({ id, units, cost }) => ({ id, units, cost }))).toEqual(model.left);
      }),
      { numRuns: 300 },
    );
  });

  it('conserve units, cost and proceeds to the cent', () => {
    fc.assert(
      fc.property(histories(10n ** 33n), methodsOfYears, (history, methodOf) => {
        const { departures, open } = follow(history, methodOf);
        const of = (...kinds: string[]) => history.filter(({ kind }) => kinds.includes(kind));
        const parts = departures.flatMap((departure) => departure.parts);
        expect(sum(parts.map(({ cost }) => cost)) + sum(open.map(({ cost }) => cost))).toBe(
          sum(of('acquire').map(({ cash }) => cash)),
        );
        expect(sum(parts.map(({ units }) => units)) + sum(open.map(({ units }) => units))).toBe(
          sum(of('acquire').map(({ units }) => units)),
        );
        expect(sum(parts.map(({ proceeds }) => proceeds))).toBe(sum(of('dispose').map(({ cash }) => cash)));
        expect(departures.map((one) => sum(one.parts.map(({ units }) => units)))).toEqual(
          of('dispose', 'remove').map(({ units }) => units),
        );
      }),
    );
  });

  it('give no gain to units that leave without a sale', () => {
    const gift: ModelMovement = { ...sale(1, 5n, 0n), kind: 'remove' };
    const { departures, open } = follow([buy(0, 10n, 1000n), gift], () => 'fifo');
    expect(departures).toMatchObject([{ kind: 'remove', parts: [{ cost: 500n, proceeds: 0n }] }]);
    expect(open).toMatchObject([{ units: 5n, cost: 500n }]);
  });

  it('keep their mean cost when the year after average has another method', () => {
    const history = [
      { ...buy(0, 10n, 1000n), at: '2026-02-01T00:00:00.000Z' },
      { ...buy(1, 10n, 3000n), at: '2026-03-01T00:00:00.000Z' },
      { ...buy(2, 10n, 9000n), at: '2027-01-01T00:00:00.000Z' },
      { ...sale(3, 10n, 5000n), at: '2027-02-01T00:00:00.000Z' },
    ];
    const { departures } = follow(history, (year) => (year === 2026 ? 'average' : 'fifo'));
    expect(departures.flatMap(({ parts }) => parts)).toMatchObject([{ lotId: 'buy-0', cost: 2000n }]);
  });

  it('wait for a buy that a clock behind dated after its sale', () => {
    const { departures } = follow([sale(0, 10n, 1500n), buy(1, 10n, 1000n)], () => 'fifo');
    expect(departures).toMatchObject([{ id: 'sale-0', at: day(0), parts: [{ cost: 1000n }] }]);
  });

  const refund = (index: number, kind: UnitEffect['kind'], of: string): UnitEffect => ({
    ...effectOf(sale(index, 5n, 1500n)),
    kind,
    orderId: anOrderId(`order-of-${of}`),
  });
  const twoBuys = [buy(0, 10n, 1000n), buy(1, 10n, 3000n)];

  it.each([
    [
      'fifo',
      [
        ['buy-0', 10n, 1000n],
        ['buy-1', 5n, 1500n],
      ],
    ],
    // The position keeps 2,500 of its 4,000 for 15 units.
    [
      'average',
      [
        ['buy-0', 10n, 1666n],
        ['buy-1', 5n, 834n],
      ],
    ],
  ] as const)('give the units of a refunded buy back from its own lot, by %s', (method, left) => {
    const book = createLotBook(() => method);
    for (const one of twoBuys) book.follow(effectOf(one));
    const [given] = book.follow(refund(2, 'refund_buy', 'buy-1'));
    expect(given).toMatchObject({
      kind: 'dispose',
      parts: [{ lotId: 'buy-1', cost: 1500n, proceeds: 1500n }],
    });
    expect(book.open().map(({ id, units, cost }) => [id, units, cost])).toEqual(left);
  });

  it('give units back by the method when the lot of the refunded buy is used up', () => {
    const book = createLotBook(() => 'lifo');
    for (const one of [...twoBuys, sale(2, 8n, 4000n)]) book.follow(effectOf(one));
    const [given] = book.follow(refund(3, 'refund_buy', 'buy-1'));
    expect(given?.parts).toMatchObject([
      { lotId: 'buy-1', units: 2n, cost: 600n, proceeds: 600n },
      { lotId: 'buy-0', units: 3n, cost: 300n, proceeds: 900n },
    ]);
  });

  it('get the units of a refunded sale as a new lot, and take its gain back', () => {
    const book = createLotBook(() => 'fifo');
    for (const one of [buy(0, 10n, 1000n), sale(1, 5n, 1500n)]) book.follow(effectOf(one));
    const back = { ...refund(2, 'refund_sale', 'sale-1'), cost: decimalOfUnits(500n, 2) };
    expect(book.follow(back)).toMatchObject([
      { kind: 'dispose', parts: [{ cost: -500n, proceeds: -1500n }] },
    ]);
    expect(book.open()).toMatchObject([
      { units: 5n, cost: 500n },
      { id: 'sale-2', units: 5n, cost: 500n },
    ]);
  });

  it('refuse a history that sells more than is held', () => {
    expect(() => follow([buy(0, 1n, 100n), sale(1, 2n, 100n)], () => 'fifo')).toThrow(
      'Something went wrong on our side.',
    );
  });
});
