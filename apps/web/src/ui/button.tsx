import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

export type ButtonTone = 'primary' | 'secondary' | 'quiet' | 'buy' | 'sell' | 'danger';
type ButtonSize = 'small' | 'medium' | 'large';

const TONES: Readonly<Record<ButtonTone, string>> = {
  primary: 'bg-solid text-on-solid hover:bg-solid-hover',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-hover',
  quiet: 'text-muted hover:bg-hover hover:text-ink',
  buy: 'bg-gain text-on-trade hover:brightness-110',
  sell: 'bg-loss text-on-trade hover:brightness-110',
  danger: 'border border-danger text-danger bg-surface hover:bg-danger-soft',
};

const SIZES: Readonly<Record<ButtonSize, string>> = {
  small: 'h-7 px-2 text-sm',
  medium: 'h-9 px-3 text-base',
  large: 'h-11 px-4 text-base',
};

interface ButtonLook {
  readonly tone?: ButtonTone;
  readonly size?: ButtonSize;
}

/** Returns the classes of a button, for links that look like one. */
export function buttonClass({ tone = 'secondary', size = 'medium' }: ButtonLook = {}): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none print:hidden',
    'disabled:cursor-not-allowed disabled:opacity-60',
    TONES[tone],
    SIZES[size],
  );
}

interface ButtonProps extends ComponentProps<'button'>, ButtonLook {
  /** A request is running: the button keeps its size, shows a spinner and does nothing. */
  readonly isBusy?: boolean;
  /** Does nothing and keeps the focus. */
  readonly isInert?: boolean;
  readonly children: ReactNode;
}

/** A button. It keeps the focus while it is busy or inert. */
export function Button({
  tone,
  size,
  isBusy = false,
  isInert = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const doesNothing = isBusy || isInert;
  return (
    <button
      type="button"
      {...rest}
      // `disabled` would take the focus away from the pressed button.
      aria-disabled={doesNothing || undefined}
      aria-busy={isBusy || undefined}
      onClick={doesNothing ? (event) => event.preventDefault() : onClick}
      className={clsx(buttonClass({ ...(tone && { tone }), ...(size && { size }) }), className)}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** Names the action and its object, such as "Cancel order 12 BTC". */
  readonly label: string;
  /** Does nothing and keeps the focus, which `disabled` would take away. */
  readonly isInert?: boolean;
  readonly children: ReactNode;
}

/** A button that shows an icon alone; its label is read out and shown as a tooltip. */
export function IconButton({
  label,
  isInert = false,
  className,
  children,
  onClick,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      aria-disabled={isInert || undefined}
      onClick={isInert ? (event) => event.preventDefault() : onClick}
      className={clsx(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink',
        'disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50',
        className,
      )}
    >
      {children}
    </button>
  );
}

/** A turning circle beside the text of a busy button. */
export function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="size-3.5 shrink-0 animate-spin rounded-full border-2 border-current border-t-transparent"
    />
  );
}
