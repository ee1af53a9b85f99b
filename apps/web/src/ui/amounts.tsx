import { decimal } from '@cnop/common/core/money';
import type { Currency } from '@cnop/common/entities/currency';
import { clsx } from 'clsx';
import { useState } from 'react';
import type { Figure, Sign } from '../format/numbers.ts';
import {
  formatMoney,
  formatPercent,
  formatPrice,
  formatQuantity,
  scaleOf,
  signOf,
  signOfPercent,
} from '../format/numbers.ts';
import { useAppearance } from '../settings/appearance.ts';

/** One mask for all amounts, so that their length is hidden too. */
const MASK = '•••••';
const CENTS = 2;

type Text = string | null | undefined;

const COLOURS: Readonly<Record<Sign, string>> = { gain: 'text-gain', loss: 'text-loss', none: 'text-muted' };

interface AmountProps {
  readonly className?: string;
}

interface MoneyProps extends AmountProps {
  readonly value: Text;
  /** Shows a sign and its colour, for changes and results. */
  readonly isChange?: boolean;
  /** USD by default. */
  readonly currency?: Currency | undefined;
  /** Shows all digits, for parts of an amount that are not rounded to cents. */
  readonly isExact?: boolean;
}

/** Cash of the user, masked on request. No other component shows the user's money. */
export function Money({ value, currency, isChange = false, isExact = false, className }: MoneyProps) {
  const { hideAmounts } = useAppearance();
  if (hideAmounts) return <Masked className={className} />;
  const digits = isExact ? scaleOf(value) : CENTS;
  const colour = isChange ? COLOURS[signOf(value, digits)] : undefined;
  return (
    <span className={clsx('numeric', colour, className)}>
      {formatMoney(value, { signed: isChange, currency, isExact })}
    </span>
  );
}

interface QuantityProps extends AmountProps {
  readonly value: Text;
  readonly unit?: string;
}

/** Units that the user holds or trades, masked on request. */
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

/** A price of the market; public, so it is never masked. */
export function Price({ value, priceScale, className }: PriceProps) {
  return <span className={clsx('numeric', className)}>{formatPrice(value, priceScale)}</span>;
}

/** A change in percent, with colour and sign. */
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

/** A price whose changed digits are coloured when it moves. Not a live region: reading out every tick would be noise. */
export function TickingPrice({ value, priceScale, className }: TickingPriceProps) {
  const text = formatPrice(value, priceScale);
  const [shown, setShown] = useState({ value, text, tick: '', kept: text.length });
  if (value !== shown.value) {
    const tick = decimal(value).gt(shown.value) ? 'tick-up' : 'tick-down';
    setShown({ value, text, tick, kept: sharedBeginning(shown.text, text) });
  }
  return (
    <span className={clsx('numeric', className)}>
      {text.slice(0, shown.kept)}
      {/* A new key restarts the animation. */}
      <span key={value} className={shown.tick}>
        {text.slice(shown.kept)}
      </span>
    </span>
  );
}

/** Returns how many characters two texts share at their beginning. */
function sharedBeginning(one: string, other: string): number {
  let shared = 0;
  while (shared < one.length && one[shared] === other[shared]) shared += 1;
  return shared;
}
