import { decimal } from '@cnop/common/core/money';
import { clsx } from 'clsx';
import { useState } from 'react';
import type { Figure, Sign } from '../format/numbers.ts';
import {
  formatMoney,
  formatPercent,
  formatPrice,
  formatQuantity,
  signOf,
  signOfPercent,
} from '../format/numbers.ts';
import { useAppearance } from '../settings/appearance.ts';

/** The same for every amount, so that not even its length is told. */
const MASK = '•••••';
const CENTS = 2;

type Text = string | null | undefined;

const COLOURS: Readonly<Record<Sign, string>> = { gain: 'text-gain', loss: 'text-loss', none: 'text-muted' };

interface AmountProps {
  readonly className?: string;
}

interface MoneyProps extends AmountProps {
  readonly value: Text;
  /** Shows a sign and its colour: for changes and results, not for balances. */
  readonly isChange?: boolean;
}

/** USD of the user. Masked on request; nothing else shows money of the user, so nothing else can leak it. */
export function Money({ value, isChange = false, className }: MoneyProps) {
  const { hideAmounts } = useAppearance();
  if (hideAmounts) return <Masked className={className} />;
  const colour = isChange ? COLOURS[signOf(value, CENTS)] : undefined;
  return (
    <span className={clsx('numeric', colour, className)}>{formatMoney(value, { signed: isChange })}</span>
  );
}

interface QuantityProps extends AmountProps {
  readonly value: Text;
  readonly unit?: string;
}

/** Units that the user holds or trades. */
export function Quantity({ value, unit, className }: QuantityProps) {
  const { hideAmounts } = useAppearance();
  if (hideAmounts) return <Masked className={className} />;
  return (
    <span className={clsx('numeric', className)}>
      {formatQuantity(value)}
      {unit !== undefined && value !== null && value !== undefined && ` ${unit}`}
    </span>
  );
}

function Masked({ className }: { readonly className?: string | undefined }) {
  return (
    <span className={clsx('numeric', className)}>
      <span aria-hidden="true">{MASK}</span>
      <span className="sr-only">hidden</span>
    </span>
  );
}

interface PriceProps extends AmountProps {
  readonly value: Figure;
  readonly priceScale: number;
}

/** What the market says; it is public, so it is never masked. */
export function Price({ value, priceScale, className }: PriceProps) {
  return <span className={clsx('numeric', className)}>{formatPrice(value, priceScale)}</span>;
}

/** A change in percent: coloured, and signed for whoever does not see the colour. */
export function Percent({ value, className }: AmountProps & { readonly value: Figure }) {
  return (
    <span className={clsx('numeric', COLOURS[signOfPercent(value)], className)}>
      {formatPercent(value, { signed: true })}
    </span>
  );
}

interface TickingPriceProps {
  readonly value: string;
  readonly priceScale: number;
  readonly className?: string;
}

/** A price that lights up when it moves. It is no live region: a voice that reads every tick helps nobody. */
export function TickingPrice({ value, priceScale, className }: TickingPriceProps) {
  const [shown, setShown] = useState({ value, tick: '' });
  if (value !== shown.value) {
    setShown({ value, tick: decimal(value).gt(shown.value) ? 'tick-up' : 'tick-down' });
  }
  return (
    // A new key begins the animation anew.
    <span key={value} className={clsx('numeric -mx-1 rounded px-1', shown.tick, className)}>
      {formatPrice(value, priceScale)}
    </span>
  );
}
